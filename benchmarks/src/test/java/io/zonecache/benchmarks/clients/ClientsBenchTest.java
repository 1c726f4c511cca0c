package io.zonecache.benchmarks.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.benchmarks.report.BenchListener;
import io.zonecache.benchmarks.report.Row;
import io.zonecache.client.OverRequestPolicy;
import io.zonecache.client.Verification;
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

/** The client beside itself: both processes read what is stored, and everything is measured; what the times are is not looked at. */
class ClientsBenchTest {

    private static final List<String> NODE_JVM = List.of("-Xmx96m", "-XX:+UseSerialGC");
    private static final String OWN_CLASS_PATH = System.getProperty("java.class.path");

    @TempDir
    Path directory;

    @Test
    @Tag("nightly")
    void shouldMeasureBothClientsAndTheirRatiosAndLeaveNothing() throws Exception {
        List<String> steps = new ArrayList<>();
        Map<String, Row> rows = new ClientsBench(plan(List.of(1, 4)), new Steps(steps))
                .run().stream().collect(Collectors.toMap(Row::name, Function.identity()));

        assertThat(steps).containsExactly("start", "round 1", "round 2");
        for (String row : List.of(".1-reader", ".4-readers")) {
            for (String figure : List.of(".p50", ".p99", ".throughput")) {
                assertThat(value(rows, "this" + row + figure)).as(row + figure).isPositive();
                assertThat(value(rows, "other" + row + figure)).as(row + figure).isPositive();
                assertThat(value(rows, "this / other" + row + figure))
                        .as(row + figure)
                        .isPositive();
            }
        }
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void shouldRefuseMoreReadersThanChunks() {
        assertThatThrownBy(() -> plan(List.of(1, 9)))
                .hasMessageContaining("8 chunks")
                .hasMessageContaining("at least 9");
    }

    private ClientsPlan plan(List<Integer> readers) {
        return new ClientsPlan(
                directory,
                OWN_CLASS_PATH,
                2,
                2,
                20,
                20,
                8,
                readers,
                Verification.CHECKSUM,
                OverRequestPolicy.HEDGED,
                NODE_JVM,
                "128MiB");
    }

    private static double value(Map<String, Row> rows, String name) {
        return Objects.requireNonNull(rows.get(name), name).value();
    }

    private record Steps(List<String> begun) implements BenchListener {

        @Override
        public void begin(String what, int steps) {
            begun.add(what);
        }

        @Override
        public void done(int steps) {}

        @Override
        public void end() {}
    }
}
