package io.zonecache.benchmarks.faults;

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

/** Few reads of a small zone: that no read fails which must not, and everything is measured; what the times are is not looked at. */
@Tag("nightly")
class FaultsBenchTest {

    private static final List<String> NODE_JVM = List.of("-Xmx96m", "-XX:+UseSerialGC");
    private static final int READS = 60;

    @TempDir
    Path directory;

    @Test
    void shouldMeasureEachFaultAgainstItsControlRunAndLeaveNothing() throws Exception {
        FaultsPlan plan =
                new FaultsPlan(directory, 6, 1, 20, READS, 30, NarrowLinkReads.MAX_READERS, NODE_JVM, "128MiB");
        List<String> steps = new ArrayList<>();
        Map<String, Row> rows = new FaultsBench(plan, new BenchListener() {
                    @Override
                    public void begin(String what, int count) {
                        steps.add(what);
                    }

                    @Override
                    public void done(int count) {}

                    @Override
                    public void end() {}
                })
                .run().stream().collect(Collectors.toMap(Row::name, Function.identity()));

        assertThat(steps).containsExactly("start", "warm-up", "turn 1");
        for (String run : List.of("silent-nodes.control", "silent-nodes.two-silent")) {
            assertThat(value(rows, run + ".healthy.failed")).as(run).isZero();
            assertThat(value(rows, run + ".affected.reads")).as(run).isBetween(1.0, READS - 1.0);
        }
        assertThat(value(rows, "silent-nodes.control.origin")).isZero();
        assertThat(value(rows, "silent-nodes.two-silent / control.healthy.p99")).isPositive();
        for (int readers : List.of(4, 16, 32)) {
            assertThat(value(rows, "narrow-link." + readers + "-readers.failed"))
                    .isZero();
            assertThat(value(rows, "narrow-link." + readers + "-readers.throughput"))
                    .isPositive();
        }
        assertThat(value(rows, "narrow-link.32-readers / 4-readers.throughput")).isPositive();
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    private static double value(Map<String, Row> rows, String name) {
        return Objects.requireNonNull(rows.get(name), name).value();
    }
}
