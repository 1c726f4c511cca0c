package io.zonecache.cli.demo.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionException;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

class TallyTest {

    private static final ChunkKey KEY = new ChunkKey(1, 2, 3, 4);
    private static final ChunkSource.Served NONE = new ChunkSource.Served(0, 0, 0);

    @Test
    void shouldMergeQuantilesAsIfOneWorkerHadReadAll() {
        long seed = 11;
        Random random = new Random(seed);
        Histogram whole = Latencies.create();
        List<Tally> parts = new ArrayList<>();
        for (int worker = 0; worker < 4; worker++) {
            ReadTally part = new ReadTally();
            // Workers that differ: a mean of their quantiles would be wrong.
            for (int read = 0; read < 3_000; read++) {
                long nanos = (long) ((worker + 1) * 1e6 * Math.exp(random.nextGaussian()));
                part.right(nanos);
                Latencies.record(whole, nanos);
            }
            parts.add(part.tally(new ChunkSource.Served(0, 2_000, 1_000)));
        }

        Tally merged = Tally.merge(parts);

        for (double percentile : new double[] {50, 99, 99.9, 100}) {
            assertThat(merged.histogram().getValueAtPercentile(percentile))
                    .as("p%s, seed %d", percentile, seed)
                    .isEqualTo(whole.getValueAtPercentile(percentile));
        }
        assertThat(merged.reads()).isEqualTo(12_000);
        assertThat(merged.fromZone()).isEqualTo(8_000);
        assertThat(merged.fromOrigin()).isEqualTo(4_000);
    }

    @Test
    void shouldTellRefusedFromFailed() {
        ReadTally tally = new ReadTally();
        tally.failed(KEY, new CacheException(CacheErrorCode.ORIGIN_LIMIT, "no slot"));
        tally.failed(KEY, new CompletionException(new CacheException(CacheErrorCode.BUSY, "full")));
        tally.failed(KEY, new CompletionException(new CacheException(CacheErrorCode.DEADLINE_EXCEEDED, "late")));
        tally.failed(KEY, new IllegalStateException("broken"));
        tally.wrong(KEY);

        Tally result = tally.tally(NONE);

        assertThat(result.reads()).isEqualTo(5);
        assertThat(result.refused()).isEqualTo(2);
        assertThat(result.failed()).isEqualTo(2);
        assertThat(result.wrongBytes()).isEqualTo(1);
        assertThat(result.histogram().getTotalCount()).isZero();
        assertThat(result.errors()).hasSize(5).first().isEqualTo("chunk 000000000000: ORIGIN_LIMIT: no slot");
    }

    @Test
    void shouldKeepTheFirstErrorsOnly() {
        ReadTally tally = new ReadTally();
        for (int i = 0; i < 100; i++) {
            tally.wrong(KEY);
        }
        Tally part = tally.tally(NONE);

        assertThat(part.errors()).hasSize(Tally.MAX_ERRORS);
        assertThat(Tally.merge(List.of(part, part, part)).errors()).hasSize(Tally.MAX_ERRORS);
        assertThat(Tally.merge(List.of(part, part, part)).wrongBytes()).isEqualTo(300);
    }

    @Test
    void shouldKeepTimesInRange() {
        ReadTally tally = new ReadTally();
        tally.right(1);
        tally.right(Long.MAX_VALUE);

        assertThat(tally.tally(NONE).histogram().getTotalCount()).isEqualTo(2);
    }

    @Test
    void shouldTravelAsALine() {
        ReadTally tally = new ReadTally();
        tally.right(5_000_000);
        WorkerReport said = WorkerReport.done(tally.tally(NONE));

        String line = Lines.write(said);

        assertThat(line).doesNotContain("\n");
        assertThat(Lines.read(line, WorkerReport.class)).isEqualTo(said);
        WorkerSetup setup =
                new WorkerSetup(List.of("a:1", "b:2"), "s3://b/p", "http://h:1", "/keys", List.of("k"), 5, 16, 30_000);
        assertThat(Lines.read(Lines.write(setup), WorkerSetup.class)).isEqualTo(setup);
        WorkerCommand run = WorkerCommand.run("cold", true);
        assertThat(Lines.read(Lines.write(run), WorkerCommand.class)).isEqualTo(run);
    }

    @Test
    void shouldNameALineThatIsNoMessage() {
        assertThatThrownBy(() -> Lines.read("Exception in thread", WorkerReport.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Exception in thread")
                .hasMessageContaining("expected: WorkerReport as JSON");
        assertThatThrownBy(() -> Latencies.decode("no histogram")).isInstanceOf(IllegalArgumentException.class);
    }
}
