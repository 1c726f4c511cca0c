package io.zonecache.benchmarks.herd;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.benchmarks.report.BenchListener;
import io.zonecache.benchmarks.report.Row;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small herd, in processes, with everything that happens to a large one. */
@Tag("nightly")
class HerdBenchTest {

    private static final List<String> NODE_JVM = List.of("-Xmx96m", "-XX:+UseSerialGC");
    private static final int CLIENTS = 3;
    private static final int READERS = 100;

    @TempDir
    Path directory;

    @Test
    void shouldCostTheOriginNextToNothingWhateverHappensAndLeaveNothing() throws Exception {
        HerdPlan plan = new HerdPlan(directory, CLIENTS, READERS, 1, NODE_JVM, "128MiB");
        Map<String, Row> rows = new HerdBench(plan, new Silent())
                .run().stream().collect(Collectors.toMap(Row::name, Function.identity()));

        for (String scenario : List.of("herd", "holder-killed", "coordinator-killed")) {
            assertThat(value(rows, scenario + ".failed")).as(scenario).isZero();
            assertThat(value(rows, scenario + ".wrong")).as(scenario).isZero();
            assertThat(value(rows, scenario + ".origin-gets")).as(scenario).isBetween(1.0, 3.0);
            assertThat(value(rows, scenario + ".last-reader")).as(scenario).isPositive();
        }
        assertThat(value(rows, "herd.readers")).isEqualTo(CLIENTS * READERS);
        assertThat(value(rows, "holder-killed.readers")).isEqualTo((CLIENTS - 1) * READERS);
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    private static double value(Map<String, Row> rows, String name) {
        return Objects.requireNonNull(rows.get(name), name).value();
    }

    private static final class Silent implements BenchListener {

        @Override
        public void begin(String what, int steps) {}

        @Override
        public void done(int steps) {}

        @Override
        public void end() {}
    }
}
