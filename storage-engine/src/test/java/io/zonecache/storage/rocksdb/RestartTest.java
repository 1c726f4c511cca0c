package io.zonecache.storage.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.PooledByteBufAllocator;
import io.zonecache.storage.FastDisk;
import io.zonecache.storage.RebuildRules;
import io.zonecache.storage.StoreConfig;
import io.zonecache.storage.TestStripes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What it takes to open a store again: index and access history, never payloads; and to rebuild an index that is lost. */
@Tag("slow")
class RestartTest {

    private static final Logger LOG = LoggerFactory.getLogger(RestartTest.class);

    private static final int STRIPES = Integer.getInteger("zonecache.test.restartStripes", 100_000);
    private static final int PAYLOAD_BYTES = Integer.getInteger("zonecache.test.restartPayloadBytes", 1024);

    /** In place of memory, for what is larger than that. */
    private static final String DIRECTORY = System.getProperty("zonecache.test.restartDirectory", "");

    private static final int MAX_READ_BYTES_A_STRIPE = 256;
    private static final int ASKED_FOR = 1_000;
    private static final Duration MAX_REBUILD = Duration.ofMinutes(10);

    @TempDir(factory = FastDisk.class)
    Path data;

    private final AtomicLong clockMillis = new AtomicLong(1);

    @Test
    void shouldOpenWithoutReadingPayloadsAndRememberWhatWasAskedForAndFindAllAgainWithoutItsIndex()
            throws IOException, InterruptedException {
        Path directory = DIRECTORY.isEmpty() ? data.resolve("store") : Path.of(DIRECTORY);
        long recordBytes = PAYLOAD_BYTES + 64L + Segment.ENTRY_OVERHEAD_BYTES;
        long capacityBytes = Math.max(StoreConfig.MIN_CAPACITY_BYTES, 2L * STRIPES * recordBytes);
        StoreConfig config = StoreConfig.builder(directory)
                .capacityBytes(capacityBytes)
                .hotBytes(0)
                .build();
        long[] references = new long[ASKED_FOR];
        try (RocksDbStripeStore store = open(config)) {
            CheapPayloads payloads = new CheapPayloads();
            for (int i = 0; i < STRIPES; i++) {
                payloads.put(store, i, PAYLOAD_BYTES);
            }
            for (int i = 0; i < ASKED_FOR; i++) {
                clockMillis.addAndGet(20_000);
                store.lookup(TestStripes.key(i));
                references[i] = store.lastReferenceMillis(TestStripes.key(i));
            }
        }
        dropFromPageCache(directory);
        long rchar = ProcessIo.bytes("rchar");
        long readBytes = ProcessIo.bytes("read_bytes");
        long started = System.nanoTime();
        try (RocksDbStripeStore store = open(config)) {
            long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
            double perStripe = (double) (ProcessIo.bytes("rchar") - rchar) / STRIPES;
            String figures = String.format(
                    Locale.ROOT,
                    "%d stripes of %d bytes opened in %d ms, rchar %.1f and read_bytes %.1f a stripe",
                    STRIPES,
                    PAYLOAD_BYTES,
                    millis,
                    perStripe,
                    (double) (ProcessIo.bytes("read_bytes") - readBytes) / STRIPES);
            LOG.info(figures);
            assertThat(perStripe).as(figures).isLessThanOrEqualTo(MAX_READ_BYTES_A_STRIPE);
            assertThat(store.stats().stripes()).isEqualTo(STRIPES);
            for (int i = 0; i < ASKED_FOR; i++) {
                assertThat(store.lastReferenceMillis(TestStripes.key(i))).isEqualTo(references[i]);
            }
        }
        TableDamage.flipOneBitOfTheIndex(directory);
        dropFromPageCache(directory);
        rebuild(config);
    }

    private void rebuild(StoreConfig config) throws IOException {
        long started = System.nanoTime();
        try (RocksDbStripeStore store = open(config)) {
            long openMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
            await().atMost(MAX_REBUILD).until(() -> store.stats().stripes() > 0);
            long firstMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
            await().atMost(MAX_REBUILD).until(() -> store.stats().unreadBytes() == 0);
            LOG.info(
                    "{} stripes of {} bytes repaired and opened in {} ms, the first held after {} ms, all after {} ms",
                    STRIPES,
                    PAYLOAD_BYTES,
                    openMillis,
                    firstMillis,
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started));
            assertThat(store.stats().stripes()).isEqualTo(STRIPES);
        }
    }

    private RocksDbStripeStore open(StoreConfig config) {
        return RocksDbStripeStore.open(config, clockMillis::get, PooledByteBufAllocator.DEFAULT, RebuildRules.TAKE_ALL);
    }

    /** So that time and read_bytes tell of the disk, where there is one. */
    private static void dropFromPageCache(Path directory) throws IOException, InterruptedException {
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                ChildJvm.run(60, List.of("dd", "if=" + file, "iflag=nocache", "count=0", "status=none"));
            }
        }
    }
}
