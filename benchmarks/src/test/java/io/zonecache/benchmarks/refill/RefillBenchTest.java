package io.zonecache.benchmarks.refill;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.benchmarks.report.BenchListener;
import io.zonecache.benchmarks.report.Row;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A small zone is emptied: everything is measured, and the origin sees no more than it may; what the times are is not looked at. */
@Tag("nightly")
class RefillBenchTest {

    private static final List<String> NODE_JVM = List.of("-Xmx96m", "-XX:+UseSerialGC");
    private static final int BUDGET = 16;
    private static final int CHUNKS = 30;

    @TempDir
    Path directory;

    @Test
    void shouldMeasureBothLoadsAfterItsWarmUpAndLeaveNothing() throws Exception {
        List<Integer> steps = new ArrayList<>();
        RefillPlan plan = new RefillPlan(directory, List.of(BUDGET), CHUNKS, 2, 100, 45, 2, 1, NODE_JVM, "128MiB");
        Map<String, Row> rows = new RefillBench(plan, new Steps(steps))
                .run().stream().collect(Collectors.toMap(row -> row.name() + ' ' + row.unit(), Function.identity()));

        assertThat(steps).containsExactly(1, 2, 3, 4);
        for (String load : List.of("refill-16.at-once", "refill-16.steady")) {
            assertThat(value(rows, load + ".failed ")).as(load).isZero();
            assertThat(value(rows, load + ".gets ")).as(load).isGreaterThanOrEqualTo(CHUNKS);
            assertThat(value(rows, load + ".at-once ")).as(load).isBetween(1.0, (double) RefillPlan.leasable(BUDGET));
            assertThat(value(rows, load + ".slowest-chunk s")).as(load).isPositive();
            assertThat(value(rows, load + ".slowest-chunk times the ideal"))
                    .as(load)
                    .isPositive();
        }
        assertThat(value(rows, "refill-16.control.last-back s")).isPositive();
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    private static double value(Map<String, Row> rows, String name) {
        return Objects.requireNonNull(rows.get(name), name).value();
    }

    private record Steps(List<Integer> done) implements BenchListener {

        @Override
        public void begin(String what, int steps) {}

        @Override
        public void done(int steps) {
            done.add(steps);
        }

        @Override
        public void end() {}
    }
}
