package io.zonecache.storage.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.zonecache.storage.FastDisk;
import io.zonecache.storage.RebuildRules;
import io.zonecache.storage.StoreConfig;
import io.zonecache.storage.StripeStore.Lookup;
import io.zonecache.storage.TestStripes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ten times the capacity goes through a store of the smallest size, with segments of the smallest size, while {@code du} looks on. */
@Tag("slow")
class ChurnTest {

    private static final Logger LOG = LoggerFactory.getLogger(ChurnTest.class);

    private static final long MIB = 1 << 20;
    private static final long CAPACITY_BYTES = Long.getLong("zonecache.test.churnMiB", 256) * MIB;
    private static final int TIMES = Integer.getInteger("zonecache.test.churnTimes", 10);
    private static final long MAX_BYTES = CAPACITY_BYTES + Math.max(CAPACITY_BYTES / 20, 16 * MIB);

    /** Every load, or those that tell most. */
    private static final boolean ALL_LOADS = Boolean.getBoolean("zonecache.test.churnAll");

    @TempDir(factory = FastDisk.class)
    Path data;

    private final AtomicLong clockMillis = new AtomicLong(1);
    /** At 1 the capacity turns over within LRU-k's correlated period, at 20 in minutes. */
    private static final long OPERATION_MILLIS = Long.getLong("zonecache.test.churnOperationMillis", 1);

    private final CheapPayloads payloads = new CheapPayloads();

    /**
     * What is asked for and what comes: payload sizes, how many keys for each one that fits, how skewed, how many are put though they
     * are held, and how many bytes may be written for each one put.
     */
    enum Load {
        STRIPES_ASKED_FOR_WITH_A_SKEW(128 << 10, 128 << 10, 4, 3, 0, 2),
        STRIPES_ASKED_FOR_ONCE(128 << 10, 128 << 10, 1_000, 1, 0, 2),
        MANY_SIZES_SOME_OVERWRITTEN(8 << 10, 64 << 10, 3, 3, 10, 2),
        // Chunks are immutable: this is to know the worst (docs/decisions/0003).
        HALF_OVERWRITTEN_AT_RANDOM(64 << 10, 192 << 10, 2, 2, 50, 2.75);

        private final int minBytes;
        private final int maxBytes;
        private final int keysPerResident;
        private final double skew;
        private final int overwritePercent;
        private final double maxWritten;

        Load(int minBytes, int maxBytes, int keysPerResident, double skew, int overwritePercent, double maxWritten) {
            this.minBytes = minBytes;
            this.maxBytes = maxBytes;
            this.keysPerResident = keysPerResident;
            this.skew = skew;
            this.overwritePercent = overwritePercent;
            this.maxWritten = maxWritten;
        }

        static Stream<Load> tested() {
            return Stream.of(values()).filter(load -> ALL_LOADS || load == MANY_SIZES_SOME_OVERWRITTEN);
        }

        int nextPayloadBytes(Random random) {
            return minBytes + random.nextInt(maxBytes - minBytes + 1);
        }

        int nextNumber(Random random) {
            long keys = keysPerResident * CAPACITY_BYTES / ((minBytes + maxBytes) / 2);
            return (int) (Math.pow(random.nextDouble(), skew) * keys);
        }
    }

    @ParameterizedTest
    @MethodSource("io.zonecache.storage.rocksdb.ChurnTest$Load#tested")
    void shouldHoldToItsCapacityAndUseItWhileTenTimesAsMuchIsPut(Load load) throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        StoreConfig config = StoreConfig.builder(data.resolve("store"))
                .capacityBytes(CAPACITY_BYTES)
                .hotBytes(0)
                .build();
        long minLive = Long.MAX_VALUE;
        long before = ProcessIo.bytes("wchar");
        try (RocksDbStripeStore store = RocksDbStripeStore.open(
                        config, clockMillis::get, PooledByteBufAllocator.DEFAULT, RebuildRules.TAKE_ALL);
                DiskUsage usage = DiskUsage.watch(config.directory())) {
            while (store.writtenBytes()[0] < TIMES * CAPACITY_BYTES) {
                clockMillis.addAndGet(OPERATION_MILLIS);
                int number = load.nextNumber(random);
                if (random.nextInt(100) < load.overwritePercent || !isHeld(store, number)) {
                    payloads.put(store, number, load.nextPayloadBytes(random));
                }
                if (store.stats().evictions() > 0) {
                    minLive = Math.min(minLive, store.stats().liveBytes());
                }
            }
            long put = store.writtenBytes()[0];
            long byRocksDb = store.writtenByRocksDb();
            double written = (double) byRocksDb / put;
            String figures = String.format(
                    Locale.ROOT,
                    "%s, seed %d: du at most %.3f of the capacity in %d looks, live at least %.3f, written %.2f by RocksDB, %.2f by the process",
                    load,
                    seed,
                    (double) usage.maxBytes() / CAPACITY_BYTES,
                    usage.looks(),
                    (double) minLive / CAPACITY_BYTES,
                    written,
                    (double) (ProcessIo.bytes("wchar") - before) / put);
            LOG.info(figures);
            assertThat(usage.looks()).as(figures).isGreaterThan(20);
            assertThat(usage.maxBytes()).as(figures).isLessThanOrEqualTo(MAX_BYTES);
            assertThat(minLive).as(figures).isGreaterThanOrEqualTo(CAPACITY_BYTES * 3 / 4);
            assertThat(written).as(figures).isLessThanOrEqualTo(load.maxWritten);
            assertThat(store.stats().corruptDropped()).as(figures).isZero();
        }
    }

    private static boolean isHeld(RocksDbStripeStore store, int number) {
        return store.lookup(TestStripes.key(number)) instanceof Lookup.OnDisk;
    }
}
