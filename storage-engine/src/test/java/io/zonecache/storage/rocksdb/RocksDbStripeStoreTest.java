package io.zonecache.storage.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.withinPercentage;

import io.netty.buffer.PooledByteBufAllocator;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.storage.FastDisk;
import io.zonecache.storage.RebuildRules;
import io.zonecache.storage.StoreConfig;
import io.zonecache.storage.StoreStats;
import io.zonecache.storage.StripeStore;
import io.zonecache.storage.StripeStore.Lookup;
import io.zonecache.storage.StripeStoreContract;
import io.zonecache.storage.TestStripes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RocksDbStripeStoreTest extends StripeStoreContract {

    private static final long STORE_BYTES = 30 << 20;

    @TempDir(factory = FastDisk.class)
    Path data;

    private final AtomicLong usableBytes = new AtomicLong(Long.MAX_VALUE);
    private int handlesBefore;

    @Override
    protected StripeStore open() {
        handlesBefore = NativeHandles.open();
        return reopen();
    }

    @Override
    protected void restart() {
        store.close();
        store = reopen();
    }

    @AfterEach
    void shouldLeaveNoNativeHandleOpen() {
        store.close();
        assertThat(NativeHandles.open()).isEqualTo(handlesBefore);
    }

    @Test
    void shouldKeepInMemoryWhatFitsThere() {
        TestStripes.put(store, 1, PAYLOAD_BYTES);
        assertThat(store.lookup(TestStripes.key(1)))
                .isInstanceOfSatisfying(Lookup.Hot.class, hot -> hot.records().release());
        store.close();
        store = reopen();
        assertThat(store.lookup(TestStripes.key(1))).isInstanceOf(Lookup.OnDisk.class);
        assertThat(contentOf(1)).isNotNull();
        assertThat(store.lookup(TestStripes.key(1)))
                .as("read once")
                .isInstanceOfSatisfying(Lookup.Hot.class, hot -> hot.records().release());
        StoreStats stats = store.stats();
        assertThat(stats.hotHits()).isEqualTo(1);
        assertThat(stats.diskHits()).isEqualTo(2);
        assertThat(stats.hotBytes()).isEqualTo(PAYLOAD_BYTES + 64);
    }

    @Test
    void shouldNeverHoldMoreInMemoryThanItMay() {
        for (int i = 0; i < 500; i++) {
            getOrPut(i % 200);
            assertThat(store.stats().hotBytes()).isLessThanOrEqualTo(1 << 20);
        }
        assertThat(store.stats().hotBytes()).isGreaterThan((1 << 20) * 9 / 10);
    }

    @Test
    void shouldHoldEverythingAfterItWasClosedAndOpened() {
        for (int i = 0; i < 300; i++) {
            TestStripes.put(store, TestStripes.record(i, PAYLOAD_BYTES, i % 3));
        }
        store.drop(TestStripes.key(7));
        store.close();
        store = reopen();
        assertThat(store.stats().stripes()).isEqualTo(299);
        assertThat(contentOf(7)).isNull();
        for (int i = 8; i < 300; i++) {
            assertThat(contentOf(i))
                    .isEqualTo(
                            TestStripes.record(i, PAYLOAD_BYTES, i % 3).bytes().array());
        }
    }

    @Test
    void shouldRememberReferencesAcrossARestartButNotTheTimeBetween() {
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 50; i++) {
                getOrPut(i);
            }
            store.lookup(TestStripes.key(900));
            clockMillis.addAndGet(60_000);
        }
        store.close();
        clockMillis.addAndGet(1_000_000_000);
        store = reopen();
        TestStripes.put(store, 900, PAYLOAD_BYTES);
        for (int i = 1_000; i < 3_000; i++) {
            getOrPut(i);
            clockMillis.addAndGet(100);
        }
        for (int i = 0; i < 50; i++) {
            assertThat(store.holds(TestStripes.key(i))).as("stripe %d", i).isTrue();
        }
        assertThat(store.holds(TestStripes.key(900)))
                .as("missed twice before the restart")
                .isTrue();
    }

    @Test
    void shouldKeepTheDirectoryWithinTheCapacityUnderChurn() throws IOException {
        long maxDisk = 0;
        long minLive = Long.MAX_VALUE;
        int puts = (int) (5 * STORE_BYTES / PAYLOAD_BYTES);
        for (int i = 0; i < puts; i++) {
            TestStripes.put(store, i * 7 % 3 == 0 ? i % 400 : i, PAYLOAD_BYTES);
            if (i % 50 == 0) {
                maxDisk = Math.max(maxDisk, diskBytes());
            }
            if (i > puts / 5) {
                minLive = Math.min(minLive, store.stats().liveBytes());
            }
        }
        assertThat(maxDisk).isLessThanOrEqualTo(STORE_BYTES + (16 << 20));
        // Index and logs are a tenth of so small a store: ChurnTest holds one of full size to three quarters.
        assertThat(minLive).isGreaterThan(STORE_BYTES * 70 / 100);
        ((RocksDbStripeStore) store).maintain();
        assertThat(store.stats().diskBytes()).isCloseTo(diskBytes(), withinPercentage(5));
    }

    @Test
    void shouldHoldWhatItHeldWhenItIsClosedInTheMidstOfCleaning() {
        int number = 0;
        for (int cycle = 0; cycle < 20; cycle++) {
            for (int i = 0; i < 150; i++) {
                // Every other one is put again later: segments are half dead.
                TestStripes.put(store, number % 2 == 0 ? number : number % 800, PAYLOAD_BYTES);
                number++;
            }
            store.close();
            long held = store.stats().stripes();
            store = reopen();
            assertThat(store.stats().stripes()).as("cycle %d", cycle).isEqualTo(held);
            int readable = 0;
            for (int i = 0; i < number; i++) {
                readable += store.holds(TestStripes.key(i)) && contentOf(i) != null ? 1 : 0;
            }
            assertThat(readable).as("cycle %d", cycle).isEqualTo((int) held);
        }
    }

    @Test
    void shouldRefuseWritesWhileTheDiskIsFullAndResumeByItself() {
        TestStripes.put(store, 1, PAYLOAD_BYTES);
        usableBytes.set(1 << 20);
        maintain();
        assertThat(store.stats().writable()).isFalse();
        assertCode(CacheErrorCode.STORAGE_FULL, () -> TestStripes.put(store, 2, PAYLOAD_BYTES));
        assertThat(contentOf(1)).as("reads go on").isNotNull();
        usableBytes.set(Long.MAX_VALUE);
        maintain();
        TestStripes.put(store, 2, PAYLOAD_BYTES);
        assertThat(store.stats().writable()).isTrue();
        assertThat(contentOf(2)).isNotNull();
    }

    @Test
    void shouldRefuseADirectoryThatAnotherStoreHasAndLeaveItAlone() {
        TestStripes.put(store, 1, PAYLOAD_BYTES);
        assertThatThrownBy(this::reopen)
                .isInstanceOf(CacheException.class)
                .hasMessageContaining(data.resolve("store").toString())
                .hasMessageContaining("in use");
        assertThat(contentOf(1)).isNotNull();
    }

    @Test
    void shouldRefuseAFileInPlaceOfTheDirectory() throws IOException {
        Path file = Files.createFile(data.resolve("file"));
        assertThatThrownBy(() -> RocksDbStripeStore.open(
                        config(file), clockMillis::get, PooledByteBufAllocator.DEFAULT, RebuildRules.TAKE_ALL))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void shouldOpenWithAnotherKAndASmallerCapacity() {
        for (int i = 0; i < 800; i++) {
            TestStripes.put(store, i, PAYLOAD_BYTES);
        }
        store.close();
        StoreConfig smaller =
                new StoreConfig(data.resolve("store"), STORE_BYTES / 2, 0, 3, 0, 100, 512 << 10, 8 << 20, 5_000);
        store = RocksDbStripeStore.open(
                smaller, clockMillis::get, PooledByteBufAllocator.DEFAULT, RebuildRules.TAKE_ALL);
        maintain();
        assertThat(store.stats().liveBytes()).isLessThan(STORE_BYTES / 2);
        assertThat(store.stats().diskBytes()).isLessThan(STORE_BYTES / 2 + (1 << 20));
        int held = 0;
        for (int i = 0; i < 800; i++) {
            held += contentOf(i) == null ? 0 : 1;
        }
        assertThat(held).isEqualTo((int) store.stats().stripes()).isGreaterThan(300);
    }

    @Test
    void shouldLeaveNothingBesideTheStoreAndItsLock() throws IOException {
        try (Stream<Path> files = Files.list(data)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder("store", "store.lock");
        }
        try (Stream<Path> files = Files.list(data.resolve("store"))) {
            assertThat(files).noneMatch(file -> file.toString().endsWith(".so"));
        }
    }

    private RocksDbStripeStore reopen() {
        return RocksDbStripeStore.open(
                config(data.resolve("store")),
                clockMillis::get,
                PooledByteBufAllocator.DEFAULT,
                RebuildRules.TAKE_ALL,
                path -> usableBytes.get());
    }

    /** Other files of a small store weigh more: room for them on top of what the contract counts. */
    private static StoreConfig config(Path directory) {
        return new StoreConfig(directory, STORE_BYTES, 1 << 20, 2, 10_000, 100, 1 << 20, 8 << 20, 5_000);
    }

    private void maintain() {
        ((RocksDbStripeStore) store).maintain();
    }

    private long diskBytes() throws IOException {
        long sum = 0;
        try (Stream<Path> files = Files.list(data.resolve("store"))) {
            for (Path file : files.toList()) {
                sum += file.toFile().length();
            }
        }
        return sum;
    }
}
