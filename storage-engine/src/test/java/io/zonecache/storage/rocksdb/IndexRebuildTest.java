package io.zonecache.storage.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeName;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.StripeRecord;
import io.zonecache.storage.FastDisk;
import io.zonecache.storage.RebuildRules;
import io.zonecache.storage.StoreConfig;
import io.zonecache.storage.TestStripes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store whose index is lost has its stripes again, but for those that must not come back. */
class IndexRebuildTest {

    private static final int STRIPES = 800;
    private static final int PAYLOAD_BYTES = 4096;
    private static final int CAPACITY_BYTES = 16 << 20;

    private static final CodeSpec OLD_CODE = new CodeSpec(CodeName.XOR, 1, 1);
    private static final CodeSpec NEW_CODE = new CodeSpec(CodeName.REED_SOLOMON, 1, 2);

    @TempDir(factory = FastDisk.class)
    Path data;

    private final AtomicLong clockMillis = new AtomicLong(1);

    @Test
    void shouldHaveEveryStripeAgainAfterOneFlippedBitInTheIndex() throws IOException {
        fill();
        flipOneBitOfTheIndex();
        try (RocksDbStripeStore store = openRebuilt()) {
            assertThat(store.stats().stripes()).isEqualTo(STRIPES);
            assertThat(store.stats().unreadBytes()).isZero();
            assertHeld(store, 0, STRIPES);
        }
        try (RocksDbStripeStore store = open(RebuildRules.TAKE_ALL)) {
            assertThat(store.stats().stripes())
                    .as("known at once, now that it is stored")
                    .isEqualTo(STRIPES);
        }
    }

    @Test
    void shouldGoOnWithTheNextProcessWhereOneStopped() throws IOException {
        fill();
        flipOneBitOfTheIndex();
        for (int start = 0; start < 3; start++) {
            open(RebuildRules.TAKE_ALL).close();
        }
        try (RocksDbStripeStore store = openRebuilt()) {
            assertHeld(store, 0, STRIPES);
        }
    }

    @Test
    void shouldTakeTheRecordThatWasStoredLast() throws IOException {
        try (RocksDbStripeStore store = open(RebuildRules.TAKE_ALL)) {
            for (int version = 0; version < 3; version++) {
                for (int i = 0; i < STRIPES / 4; i++) {
                    TestStripes.put(store, TestStripes.record(i, PAYLOAD_BYTES, version));
                }
            }
        }
        flipOneBitOfTheIndex();
        try (RocksDbStripeStore store = openRebuilt()) {
            for (int i = 0; i < STRIPES / 4; i++) {
                assertThat(contentOf(store, i))
                        .isEqualTo(
                                TestStripes.record(i, PAYLOAD_BYTES, 2).bytes().array());
            }
        }
    }

    @Test
    void shouldPreferARecordOfTheZonesCodeToALaterOne() throws IOException {
        try (RocksDbStripeStore store = open(RebuildRules.TAKE_ALL)) {
            for (CodeSpec code : List.of(NEW_CODE, OLD_CODE)) {
                for (int i = 0; i < STRIPES / 4; i++) {
                    TestStripes.put(store, recordOf(code, i));
                }
                store.maintain();
            }
        }
        flipOneBitOfTheIndex();
        RebuildRules rules = rules(Set.of(), NEW_CODE);
        try (RocksDbStripeStore store = open(rules)) {
            store.maintain();
            for (int i = 0; i < STRIPES / 4; i++) {
                assertThat(contentOf(store, i))
                        .isEqualTo(recordOf(NEW_CODE, i).bytes().array());
            }
        }
    }

    @Test
    void shouldNotBringBackWhatWasPurged() throws IOException {
        fill();
        flipOneBitOfTheIndex();
        Set<ChunkKey> purged = Set.of(TestStripes.key(7), TestStripes.key(8));
        try (RocksDbStripeStore store = open(rules(purged, OLD_CODE))) {
            store.maintain();
            assertThat(store.stats().stripes()).isEqualTo(STRIPES - 2);
            assertThat(store.holds(TestStripes.key(7))).isFalse();
            assertThat(store.holds(TestStripes.key(8))).isFalse();
        }
    }

    @Test
    void shouldNotBringBackWhatWasThereWhenTheStoreWasEmptied() throws IOException {
        fill();
        // As if the process was killed once the mark was written, before anything was deleted.
        try (RocksDbStripeStore store = open(RebuildRules.TAKE_ALL)) {
            assertThat(store.stats().stripes()).isEqualTo(STRIPES);
        }
        StoreMarks.open(directory()).emptiedThrough(1_000);
        flipOneBitOfTheIndex();
        try (RocksDbStripeStore store = openRebuilt()) {
            assertThat(store.stats().stripes()).isZero();
            TestStripes.put(store, 1, PAYLOAD_BYTES);
        }
        flipOneBitOfTheIndex();
        try (RocksDbStripeStore store = openRebuilt()) {
            assertThat(store.stats().stripes()).as("put after it was emptied").isEqualTo(1);
            assertHeld(store, 1, 2);
        }
    }

    @Test
    void shouldForgetThatItWasEmptiedOnceNothingIsLeft() throws IOException {
        fill();
        try (RocksDbStripeStore store = open(RebuildRules.TAKE_ALL)) {
            store.empty();
        }
        assertThat(StoreMarks.open(directory()).emptiedThrough()).as("emptied").isZero();
        fill();
        StoreMarks.open(directory()).emptiedThrough(1_000);
        open(RebuildRules.TAKE_ALL).close();
        assertThat(StoreMarks.open(directory()).emptiedThrough())
                .as("emptying finished by the next process")
                .isZero();
        // As a version would put it that knows no marks, and numbers segments anew.
        fill();
        try (RocksDbStripeStore store = openRebuilt()) {
            assertThat(store.stats().stripes()).isEqualTo(STRIPES);
        }
    }

    /** Also where RocksDB looks into every table of a segment for every key, since they are three or fewer. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3, 6})
    void shouldLoseOneBlockOfOneTableWhateverElseIsRepaired(int tables) throws IOException {
        int each = 30;
        try (RocksDbStripeStore store = open(RebuildRules.TAKE_ALL)) {
            for (int i = 0; i < tables * each; i++) {
                TestStripes.put(store, i, 8192);
                if (i % each == each - 1) {
                    store.maintain();
                }
            }
        }
        List<Path> found = TableDamage.tables(directory(), true);
        TableDamage.flipOneBitOfTheFirstEntry(found.get(found.size() - 1));
        assertLost(1, tables * each);
        flipOneBitOfTheIndex();
        assertLost(1, tables * each);
    }

    private void assertLost(int lost, int stripes) {
        try (RocksDbStripeStore store = openRebuilt()) {
            int held = 0;
            for (int i = 0; i < stripes; i++) {
                held += contentOf(store, i) == null ? 0 : 1;
            }
            assertThat(held).isEqualTo(stripes - lost);
        }
    }

    @Test
    void shouldKeepWhatWasPutSinceTheStoreOpened() throws IOException {
        fill();
        flipOneBitOfTheIndex();
        try (RocksDbStripeStore store = open(RebuildRules.TAKE_ALL)) {
            for (int i = 0; i < STRIPES; i++) {
                TestStripes.put(store, TestStripes.record(i, PAYLOAD_BYTES, 1));
            }
            store.maintain();
            for (int i = 0; i < STRIPES; i++) {
                assertThat(contentOf(store, i))
                        .isEqualTo(
                                TestStripes.record(i, PAYLOAD_BYTES, 1).bytes().array());
            }
        }
    }

    @Test
    void shouldStayWithinTheCapacityAndLetGoWhatWasStoredFirst() throws IOException {
        int puts = 3 * CAPACITY_BYTES / PAYLOAD_BYTES;
        long liveBytes;
        try (RocksDbStripeStore store = open(RebuildRules.TAKE_ALL)) {
            for (int i = 0; i < puts; i++) {
                clockMillis.incrementAndGet();
                TestStripes.putPatiently(store, TestStripes.record(i, PAYLOAD_BYTES));
            }
            liveBytes = store.stats().liveBytes();
        }
        flipOneBitOfTheIndex();
        try (RocksDbStripeStore store = openRebuilt()) {
            assertThat(store.stats().liveBytes()).isBetween(liveBytes * 95 / 100, CAPACITY_BYTES * 755L / 1000);
            assertThat(store.stats().diskBytes()).isLessThan(CAPACITY_BYTES * 105L / 100);
            for (int i = puts; i < puts + STRIPES; i++) {
                TestStripes.putPatiently(store, TestStripes.record(i, PAYLOAD_BYTES));
            }
            assertHeld(store, puts - STRIPES, puts + STRIPES);
        }
    }

    private void fill() {
        try (RocksDbStripeStore store = open(RebuildRules.TAKE_ALL)) {
            for (int i = 0; i < STRIPES; i++) {
                TestStripes.put(store, i, PAYLOAD_BYTES);
            }
        }
    }

    private void flipOneBitOfTheIndex() throws IOException {
        TableDamage.flipOneBitOfTheIndex(directory());
    }

    private static RebuildRules rules(Set<ChunkKey> purged, CodeSpec preferred) {
        return new RebuildRules() {
            @Override
            public boolean isPurged(ChunkKey key) {
                return purged.contains(key);
            }

            @Override
            public boolean isPreferred(CodeSpec code) {
                return code.equals(preferred);
            }
        };
    }

    private static StripeRecord recordOf(CodeSpec code, int number) {
        byte[] payload = TestStripes.record(number, PAYLOAD_BYTES).payload().array();
        return StripeRecord.encode(code, 0, payload.length, TestStripes.key(number), number, ByteBuffer.wrap(payload));
    }

    private static void assertHeld(RocksDbStripeStore store, int from, int to) {
        for (int i = from; i < to; i++) {
            assertThat(contentOf(store, i))
                    .as("stripe %d", i)
                    .isEqualTo(TestStripes.record(i, PAYLOAD_BYTES).bytes().array());
        }
    }

    private static byte @Nullable [] contentOf(RocksDbStripeStore store, int number) {
        ByteBuf found = store.read(TestStripes.key(number));
        if (found == null) {
            return null;
        }
        byte[] bytes = ByteBufUtil.getBytes(found);
        found.release();
        return bytes;
    }

    private RocksDbStripeStore openRebuilt() {
        RocksDbStripeStore store = open(RebuildRules.TAKE_ALL);
        store.maintain();
        return store;
    }

    private RocksDbStripeStore open(RebuildRules rules) {
        StoreConfig config = new StoreConfig(directory(), CAPACITY_BYTES, 0, 2, 0, 100, 512 << 10, 4 << 20, 5_000);
        return RocksDbStripeStore.open(config, clockMillis::get, PooledByteBufAllocator.DEFAULT, rules);
    }

    private Path directory() {
        return data.resolve("store");
    }
}
