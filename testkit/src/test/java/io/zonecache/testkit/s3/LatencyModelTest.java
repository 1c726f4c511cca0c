package io.zonecache.testkit.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyModelTest {

    private static final int DRAWS = 200_000;

    @ParameterizedTest
    @ValueSource(longs = {1, 7, 20261123})
    void shouldHaveTheMedianAndTheP99ThatWereAskedFor(long seed) {
        double[] draws = sorted(S3Latency.measured(seed));

        assertThat(draws[DRAWS / 2]).as("median, seed %d", seed).isCloseTo(36, within(0.5));
        assertThat(draws[DRAWS * 99 / 100]).as("p99, seed %d", seed).isCloseTo(175, within(5.0));
        assertThat(draws[DRAWS - 1]).as("largest, seed %d", seed).isLessThan(2_000);
    }

    @Test
    void shouldRepeatItsDrawsForTheSameSeedOnly() {
        LatencyModel one = new LatencyModel(S3Latency.measured(5));
        LatencyModel same = new LatencyModel(S3Latency.measured(5));
        LatencyModel other = new LatencyModel(S3Latency.measured(6));

        double first = one.nextMillis();
        assertThat(same.nextMillis()).isEqualTo(first);
        assertThat(other.nextMillis()).isNotEqualTo(first);
    }

    @Test
    void shouldMultiplyByTheFactor() {
        assertThat(sorted(S3Latency.measured(1).times(10))[DRAWS / 2]).isCloseTo(360, within(5.0));
        assertThat(sorted(S3Latency.NONE)[DRAWS - 1]).isZero();
    }

    @Test
    void shouldRefuseWhatIsNoDistribution() {
        assertThatThrownBy(() -> new S3Latency(1, 0, 10, 1)).hasMessageContaining("expected: 0 < median");
        assertThatThrownBy(() -> new S3Latency(1, 20, 10, 1)).hasMessageContaining("median 20.0 ms, p99 10.0 ms");
        assertThatThrownBy(() -> new S3Latency(1, Double.NaN, 10, 1)).hasMessageContaining("NaN");
        assertThatThrownBy(() -> new S3Latency(1, 1, 10, -1)).hasMessageContaining("expected: 0..1000");
    }

    private static double[] sorted(S3Latency latency) {
        LatencyModel model = new LatencyModel(latency);
        return DoubleStream.generate(model::nextMillis).limit(DRAWS).sorted().toArray();
    }
}
