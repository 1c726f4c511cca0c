package io.zonecache.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** That the benchmarks run at all; what they say is not looked at. */
class BenchmarksTest {

    @Test
    void shouldRunEveryBenchmark() throws RunnerException {
        Options options = new OptionsBuilder()
                .include("io\\.zonecache\\.benchmarks\\..*")
                .param("capacity", "1000")
                .forks(0)
                .warmupIterations(0)
                .measurementIterations(1)
                .measurementTime(TimeValue.milliseconds(10))
                .verbosity(VerboseMode.SILENT)
                .shouldFailOnError(true)
                .build();
        Collection<RunResult> results = new Runner(options).run();
        Set<String> ran = results.stream()
                .map(result -> result.getParams().getBenchmark().replaceAll(".*\\.(\\w+\\.\\w+)", "$1"))
                .collect(Collectors.toSet());
        assertThat(ran)
                .containsExactlyInAnyOrder(
                        "EvictionPolicyBenchmark.reference",
                        "StripeRecordBenchmark.readHeader",
                        "StripeRecordBenchmark.verifyOnHeap",
                        "StripeRecordBenchmark.verifyOffHeap",
                        "StripeRecordBenchmark.encode",
                        "ErasureCodeBenchmark.encode",
                        "ErasureCodeBenchmark.reconstructOne",
                        "PlacementBenchmark.nodesFor");
        assertThat(results).allMatch(result -> result.getPrimaryResult().getScore() > 0);
    }
}
