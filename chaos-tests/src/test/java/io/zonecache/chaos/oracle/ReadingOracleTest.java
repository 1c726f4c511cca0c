package io.zonecache.chaos.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.oracle.ChunkOracle;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The scenarios are worth what this finds. */
class ReadingOracleTest {

    private static final int COUNT = 8;
    private static final long SEED = 11;
    private static final Duration SOON = Duration.ofSeconds(20);

    private final ChunkOracle chunks = new ChunkOracle(SEED, 1_000);
    private final Map<ChunkKey, Integer> indexes = IntStream.range(0, COUNT)
            .boxed()
            .collect(Collectors.toMap(index -> chunks.key(index), Function.identity()));

    @Test
    void shouldFindNothingWrongWithAGoodSource() throws InterruptedException {
        ReadTally tally = tallyOf(key -> ByteBuffer.wrap(chunk(key)));
        assertThat(tally.reads()).isGreaterThanOrEqualTo(100);
        assertThat(tally.failed()).isZero();
        assertThat(tally.wrong()).isZero();
        assertThat(tally.complaints()).isEmpty();
    }

    @Test
    void shouldFindOneFlippedBitAmongManyReads() throws InterruptedException {
        AtomicLong reads = new AtomicLong();
        ReadTally tally = tallyOf(key -> {
            byte[] bytes = chunk(key);
            if (reads.incrementAndGet() == 50) {
                bytes[999] ^= 1;
            }
            return ByteBuffer.wrap(bytes);
        });
        assertThat(tally.wrong()).isEqualTo(1);
        assertThat(tally.complaints()).singleElement().asString().contains("first wrong at 999");
    }

    @Test
    void shouldFindAChunkThatIsTooShort() throws InterruptedException {
        ReadTally tally = tallyOf(key -> ByteBuffer.wrap(chunk(key), 0, 999));
        assertThat(tally.wrong()).isEqualTo(tally.reads());
    }

    @Test
    void shouldCountAFailedReadApartFromAWrongOne() throws InterruptedException {
        AtomicLong reads = new AtomicLong();
        ReadTally tally = tallyOf(key -> {
            if (reads.incrementAndGet() == 7) {
                throw new CacheException(CacheErrorCode.BUSY, "node: busy (expected: room)");
            }
            return ByteBuffer.wrap(chunk(key));
        });
        assertThat(tally.failed()).isEqualTo(1);
        assertThat(tally.wrong()).isZero();
        assertThat(tally.complaints()).singleElement().asString().contains("busy");
    }

    @Test
    void shouldSayWhenReadsStall() {
        try (ReadingOracle oracle = ReadingOracle.start(
                chunks,
                COUNT,
                key -> {
                    Thread.sleep(500);
                    return ByteBuffer.wrap(chunk(key));
                },
                1,
                SEED)) {
            assertThatThrownBy(() -> oracle.awaitReads(100, Duration.ofMillis(50)))
                    .isInstanceOf(AssertionError.class)
                    .hasMessageContaining("expected: 100");
        }
    }

    private ReadTally tallyOf(ChunkSource source) throws InterruptedException {
        try (ReadingOracle oracle = ReadingOracle.start(chunks, COUNT, source, 4, SEED)) {
            oracle.awaitReads(100, SOON);
            return oracle.finish();
        }
    }

    private byte[] chunk(ChunkKey key) {
        Integer index = indexes.get(key);
        assertThat(index).isNotNull();
        return chunks.chunk(index == null ? -1 : index);
    }
}
