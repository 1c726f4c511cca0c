package io.zonecache.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.StripeRecord;
import io.zonecache.storage.StripeStore.Lookup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a node relies on, whatever the store. */
public abstract class StripeStoreContract {

    /** What every store under test holds at least and at most, about. */
    protected static final long CAPACITY_BYTES = 24 << 20;

    protected static final int PAYLOAD_BYTES = 24 << 10;

    /** More than any store under test can hold. */
    private static final int TOO_MANY = (int) (2 * CAPACITY_BYTES / PAYLOAD_BYTES);

    protected final AtomicLong clockMillis = new AtomicLong(1);
    protected StripeStore store;

    /** A new, empty store with the capacity above and {@link #clockMillis}. */
    protected abstract StripeStore open();

    /** Closes the store and opens it again, if that leaves it what it held. */
    protected void restart() {}

    @BeforeEach
    void openStore() {
        store = open();
    }

    @AfterEach
    void closeStore() {
        store.close();
    }

    @Test
    void shouldGiveBackWhatWasPut() {
        StripeRecord record = TestStripes.record(1, PAYLOAD_BYTES);
        TestStripes.put(store, record);
        assertThat(contentOf(1)).isEqualTo(ByteBufUtil.getBytes(Unpooled.wrappedBuffer(record.bytes())));
        assertThat(store.holds(TestStripes.key(1))).isTrue();
        assertThat(store.holds(TestStripes.key(2))).isFalse();
    }

    @Test
    void shouldMissWhatWasNeverPut() {
        assertThat(store.lookup(TestStripes.key(1))).isInstanceOf(Lookup.Miss.class);
        assertThat(store.read(TestStripes.key(1))).isNull();
        assertThat(store.drop(TestStripes.key(1))).isFalse();
        assertThat(store.dropIfCorrupt(TestStripes.key(1))).isFalse();
        assertThat(store.stats().misses()).isEqualTo(1);
    }

    @Test
    void shouldReplaceAllThatItHeldOfAChunk() {
        TestStripes.put(store, TestStripes.record(1, PAYLOAD_BYTES, 0));
        StripeRecord later = TestStripes.record(1, 100, 1);
        TestStripes.put(store, later);
        assertThat(contentOf(1)).isEqualTo(ByteBufUtil.getBytes(Unpooled.wrappedBuffer(later.bytes())));
        assertThat(store.stats().stripes()).isEqualTo(1);
        assertThat(store.stats().liveBytes()).isEqualTo(164);
    }

    @Test
    void shouldHoldSeveralRecordsOfAChunk() {
        StripeRecord first = TestStripes.record(1, PAYLOAD_BYTES, 0);
        StripeRecord second = TestStripes.record(1, PAYLOAD_BYTES, 1);
        ByteBuf both = TestStripes.value(first, second);
        store.put(TestStripes.key(1), both);
        assertThat(contentOf(1)).isEqualTo(ByteBufUtil.getBytes(both));
        assertThat(store.holdsRecord(first.header()))
                .as("not this record alone")
                .isFalse();
        both.release();
    }

    @Test
    void shouldTellWhetherItHoldsExactlyARecord() {
        StripeRecord record = TestStripes.record(1, PAYLOAD_BYTES, 0);
        TestStripes.put(store, record);
        assertThat(store.holdsRecord(record.header())).isTrue();
        assertThat(store.holdsRecord(TestStripes.record(1, PAYLOAD_BYTES, 1).header()))
                .isFalse();
        assertThat(store.holdsRecord(TestStripes.record(2, PAYLOAD_BYTES, 0).header()))
                .isFalse();
    }

    @Test
    void shouldTakeNoOwnershipOfThePutBuffer() {
        ByteBuf value = TestStripes.value(TestStripes.record(1, PAYLOAD_BYTES));
        byte[] before = ByteBufUtil.getBytes(value);
        store.put(TestStripes.key(1), value);
        assertThat(value.refCnt()).isEqualTo(1);
        assertThat(value.readableBytes()).isEqualTo(before.length);
        value.setZero(0, value.capacity());
        assertThat(contentOf(1)).as("a copy").isEqualTo(before);
        value.release();
    }

    @Test
    void shouldTakeHeapAndCompositeAndOffsetBuffers() {
        byte[] bytes = TestStripes.record(1, PAYLOAD_BYTES).bytes().array();
        ByteBuf heap = Unpooled.wrappedBuffer(new byte[3], bytes).skipBytes(3);
        ByteBuf composite = Unpooled.wrappedBuffer(
                Unpooled.copiedBuffer(bytes, 0, 100), Unpooled.copiedBuffer(bytes, 100, bytes.length - 100));
        for (ByteBuf value : List.of(Unpooled.wrappedBuffer(bytes), heap, composite)) {
            store.put(TestStripes.key(1), value);
            assertThat(contentOf(1)).isEqualTo(bytes);
        }
    }

    @Test
    void shouldRefuseWhatIsNotWholeRecordsOfTheChunk() {
        ByteBuf other = TestStripes.value(TestStripes.record(2, PAYLOAD_BYTES));
        ByteBuf cut = other.slice(0, 1000);
        ByteBuf mixed = TestStripes.value(TestStripes.record(1, 100), TestStripes.record(2, 100));
        assertCode(CacheErrorCode.KEY_MISMATCH, () -> store.put(TestStripes.key(1), other));
        assertCode(CacheErrorCode.KEY_MISMATCH, () -> store.put(TestStripes.key(1), mixed));
        assertCode(CacheErrorCode.BAD_RECORD, () -> store.put(TestStripes.key(2), cut));
        assertCode(CacheErrorCode.BAD_RECORD, () -> store.put(TestStripes.key(2), Unpooled.EMPTY_BUFFER));
        assertThat(store.stats().stripes()).isZero();
        other.release();
        mixed.release();
    }

    @Test
    void shouldRefuseWhatIsLargerThanItCanHold() {
        int half = (int) CAPACITY_BYTES / 2;
        ByteBuf value = TestStripes.value(TestStripes.record(1, half, 0), TestStripes.record(1, half, 1));
        assertCode(CacheErrorCode.TOO_LARGE, () -> store.put(TestStripes.key(1), value));
        value.release();
    }

    @Test
    void shouldDropOnlyWhatIsAskedFor() {
        TestStripes.put(store, 1, PAYLOAD_BYTES);
        TestStripes.put(store, 2, PAYLOAD_BYTES);
        assertThat(store.drop(TestStripes.key(1))).isTrue();
        assertThat(store.holds(TestStripes.key(1))).isFalse();
        assertThat(contentOf(1)).isNull();
        assertThat(contentOf(2)).isNotNull();
        assertThat(store.dropIfCorrupt(TestStripes.key(2))).as("it is good").isFalse();
        assertThat(store.holds(TestStripes.key(2))).isTrue();
    }

    @Test
    void shouldForgetEverythingWhenEmptied() {
        for (int i = 0; i < 50; i++) {
            TestStripes.put(store, i, PAYLOAD_BYTES);
        }
        store.empty();
        assertThat(store.stats().stripes()).isZero();
        assertThat(store.stats().liveBytes()).isZero();
        assertThat(contentOf(3)).isNull();
        TestStripes.put(store, 3, PAYLOAD_BYTES);
        assertThat(contentOf(3)).isNotNull();
    }

    @Test
    void shouldStayWithinItsCapacityAndUseIt() {
        for (int i = 0; i < TOO_MANY; i++) {
            TestStripes.put(store, i, PAYLOAD_BYTES);
            assertThat(store.stats().liveBytes()).isLessThanOrEqualTo(CAPACITY_BYTES);
        }
        assertThat(store.stats().liveBytes()).isGreaterThan(CAPACITY_BYTES * 7 / 10);
        assertThat(store.stats().evictions()).isPositive();
        assertThat(contentOf(TOO_MANY - 1)).as("the latest").isNotNull();
    }

    @Test
    void shouldKeepThroughAScanWhatIsAskedForAgainAndAgain() {
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 100; i++) {
                getOrPut(i);
            }
            clockMillis.addAndGet(60_000);
        }
        for (int i = 1_000; i < 1_000 + TOO_MANY; i++) {
            getOrPut(i);
            clockMillis.addAndGet(100);
        }
        for (int i = 0; i < 100; i++) {
            assertThat(store.holds(TestStripes.key(i))).as("stripe %d", i).isTrue();
        }
    }

    @Test
    void shouldCountEveryLookupOnceAndEveryPut() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int hits = 0;
        int puts = 0;
        for (int i = 0; i < 500; i++) {
            int number = random.nextInt(40);
            if (store.holds(TestStripes.key(number))) {
                hits++;
            }
            ByteBuf found = get(TestStripes.key(number));
            if (found == null) {
                TestStripes.put(store, number, PAYLOAD_BYTES);
                puts++;
            } else {
                found.release();
            }
        }
        StoreStats stats = store.stats();
        assertThat(stats.hotHits() + stats.diskHits()).as("seed %d", seed).isEqualTo(hits);
        assertThat(stats.misses()).as("seed %d", seed).isEqualTo(500 - hits);
        assertThat(stats.puts()).as("seed %d", seed).isEqualTo(puts);
        assertThat(stats.stripes()).as("seed %d", seed).isEqualTo(puts);
        assertThat(stats.liveBytes()).as("seed %d", seed).isEqualTo((long) puts * (PAYLOAD_BYTES + 64));
    }

    @Test
    void shouldReplaceSeveralRecordsByOneAndOneBySeveral() {
        StripeRecord first = TestStripes.record(1, PAYLOAD_BYTES, 0);
        StripeRecord second = TestStripes.record(1, PAYLOAD_BYTES, 1);
        for (StripeRecord[] records : new StripeRecord[][] {{first, second}, {second}, {second, first}}) {
            ByteBuf value = TestStripes.value(records);
            store.put(TestStripes.key(1), value);
            assertThat(contentOf(1)).isEqualTo(ByteBufUtil.getBytes(value));
            assertThat(store.holdsRecord(second.header())).isEqualTo(records.length == 1);
            assertThat(store.stats().liveBytes()).isEqualTo(value.readableBytes());
            value.release();
        }
    }

    @Test
    void shouldCountAMissedGetAsAReference() {
        store.lookup(TestStripes.key(1));
        clockMillis.addAndGet(60_000);
        store.lookup(TestStripes.key(1));
        TestStripes.put(store, 1, PAYLOAD_BYTES);
        clockMillis.addAndGet(60_000);
        for (int i = 1_000; i < 1_000 + TOO_MANY; i++) {
            getOrPut(i);
            clockMillis.addAndGet(100);
        }
        assertThat(store.holds(TestStripes.key(1))).as("asked for twice").isTrue();
    }

    @Test
    void shouldCountReferencesCloseTogetherAsOneThoughOtherRecordsComeInBetween() {
        store.lookup(TestStripes.key(1));
        TestStripes.put(store, TestStripes.record(1, PAYLOAD_BYTES, 0));
        clockMillis.addAndGet(1_000);
        TestStripes.put(store, TestStripes.record(1, PAYLOAD_BYTES, 1));
        clockMillis.addAndGet(1_000);
        store.lookup(TestStripes.key(1));
        clockMillis.addAndGet(60_000);
        for (int i = 1_000; i < 1_000 + TOO_MANY; i++) {
            getOrPut(i);
            clockMillis.addAndGet(100);
        }
        assertThat(store.holds(TestStripes.key(1)))
                .as("asked for once, and first")
                .isFalse();
    }

    @Test
    void shouldCountHoldsAsNoReference() {
        for (int round = 0; round < 3; round++) {
            store.holds(TestStripes.key(1));
            clockMillis.addAndGet(60_000);
        }
        TestStripes.put(store, 1, PAYLOAD_BYTES);
        for (int i = 1_000; i < 1_000 + TOO_MANY; i++) {
            clockMillis.addAndGet(100);
            store.holds(TestStripes.key(1));
            getOrPut(i);
        }
        assertThat(store.holds(TestStripes.key(1))).isFalse();
    }

    @Test
    void shouldFindNothingAndRefuseCallsOnceClosed() {
        TestStripes.put(store, 1, PAYLOAD_BYTES);
        store.close();
        assertThatCode(store::close).as("idempotent").doesNotThrowAnyException();
        assertThat(store.lookup(TestStripes.key(1))).isInstanceOf(Lookup.Miss.class);
        assertThat(store.holds(TestStripes.key(1))).isFalse();
        assertThat(store.stats().writable()).isFalse();
        assertCode(CacheErrorCode.CLOSED, () -> store.read(TestStripes.key(1)));
        assertCode(CacheErrorCode.CLOSED, () -> TestStripes.put(store, 1, PAYLOAD_BYTES));
        assertCode(CacheErrorCode.CLOSED, () -> store.drop(TestStripes.key(1)));
        assertCode(CacheErrorCode.CLOSED, () -> store.empty());
    }

    @Test
    void shouldLeaveABufferReadableThatIsOnItsWayWhenTheStripeGoes() {
        StripeRecord record = TestStripes.record(1, PAYLOAD_BYTES);
        TestStripes.put(store, record);
        if (store.lookup(TestStripes.key(1)) instanceof Lookup.Hot hot) {
            store.drop(TestStripes.key(1));
            store.close();
            assertThat(ByteBufUtil.getBytes(hot.records()))
                    .isEqualTo(record.bytes().array());
            assertThat(hot.records().release()).as("the last reference").isTrue();
        }
    }

    @Test
    void shouldNeverGiveAWrongByteUnderConcurrentUse() throws InterruptedException, ExecutionException {
        long seed = new Random().nextLong();
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Integer>> work = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Random random = new Random(seed + i);
                work.add(() -> hammer(random, 1_500));
            }
            for (Future<Integer> done : threads.invokeAll(work)) {
                assertThat(done.get()).as("seed %d", seed).isPositive();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void shouldSurviveBeingClosedUnderLoad() throws InterruptedException, ExecutionException {
        for (int i = 0; i < 100; i++) {
            TestStripes.put(store, i, PAYLOAD_BYTES);
        }
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<Integer>> running = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                Random random = new Random(i);
                running.add(threads.submit(() -> hammer(random, Integer.MAX_VALUE)));
            }
            await().until(() -> store.stats().puts() >= 300);
            store.close();
            for (Future<Integer> done : running) {
                assertThat(done.get()).isNotNegative();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void shouldAgreeWithAModelOverRandomOperations() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Map<Integer, Integer> model = new HashMap<>();
        for (int step = 0; step < 6_000; step++) {
            int number = random.nextInt(300);
            clockMillis.addAndGet(random.nextInt(500));
            int operation = random.nextInt(100);
            if (operation < 50) {
                checkAgainst(model, number, seed);
            } else if (operation < 90) {
                int version = random.nextInt(4);
                TestStripes.put(store, TestStripes.record(number, 100 + number * 20, version));
                model.put(number, version);
            } else if (operation < 97) {
                assertThat(store.drop(TestStripes.key(number)))
                        .as("seed %d", seed)
                        .isEqualTo(model.remove(number) != null);
            } else if (operation < 99) {
                assertThat(store.dropIfCorrupt(TestStripes.key(number)))
                        .as("seed %d", seed)
                        .isFalse();
            } else if (random.nextInt(10) == 0) {
                store.empty();
                model.clear();
            } else if (random.nextInt(4) == 0) {
                restart();
            }
            assertThat(store.stats().stripes())
                    .as("seed %d, step %d", seed, step)
                    .isEqualTo(model.size());
        }
    }

    protected void checkAgainst(Map<Integer, Integer> model, int number, long seed) {
        Integer version = model.get(number);
        byte[] expected = version == null
                ? null
                : TestStripes.record(number, 100 + number * 20, version).bytes().array();
        assertThat(contentOf(number)).as("seed %d, stripe %d", seed, number).isEqualTo(expected);
    }

    /** As a node does it: lookup, then the disk if that is where it is. */
    protected byte @Nullable [] contentOf(long number) {
        ByteBuf found = get(TestStripes.key(number));
        if (found == null) {
            return null;
        }
        try {
            return ByteBufUtil.getBytes(found);
        } finally {
            found.release();
        }
    }

    protected @Nullable ByteBuf get(ChunkKey key) {
        Lookup lookup = store.lookup(key);
        if (lookup instanceof Lookup.Hot hot) {
            return hot.records();
        }
        return lookup instanceof Lookup.OnDisk ? store.read(key) : null;
    }

    protected void getOrPut(int number) {
        ByteBuf found = get(TestStripes.key(number));
        if (found == null) {
            TestStripes.put(store, number, PAYLOAD_BYTES);
        } else {
            found.release();
        }
    }

    /** Random gets and puts until that many or closed; how many gets hit. Every value must be one that was put. */
    private int hammer(Random random, int operations) {
        int hits = 0;
        try {
            for (int i = 0; i < operations; i++) {
                int number = random.nextInt(1_500);
                if (random.nextInt(3) == 0) {
                    TestStripes.putPatiently(store, TestStripes.record(number, PAYLOAD_BYTES, random.nextInt(2)));
                    continue;
                }
                byte[] found = contentOf(number);
                if (found != null) {
                    hits++;
                    int version = found[7];
                    assertThat(found)
                            .isEqualTo(TestStripes.record(number, PAYLOAD_BYTES, version)
                                    .bytes()
                                    .array());
                }
            }
        } catch (CacheException e) {
            if (e.code() != CacheErrorCode.CLOSED) {
                throw e;
            }
        }
        return hits;
    }

    protected static void assertCode(CacheErrorCode code, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        CacheException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}
