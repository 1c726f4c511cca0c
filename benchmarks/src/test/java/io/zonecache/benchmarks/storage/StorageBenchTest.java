package io.zonecache.benchmarks.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.benchmarks.report.BenchListener;
import io.zonecache.benchmarks.report.Row;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That everything is measured; what the figures are is not looked at. */
@Tag("slow")
class StorageBenchTest {

    private static final List<String> NODE_JVM = List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    private static final int RUNS = 2;

    @TempDir
    Path directory;

    @Test
    void shouldMeasureEverythingAndLeaveNothing() throws Exception {
        StoragePlan plan = new StoragePlan(directory, 20_000_000, RUNS, 20, List.of(50), NODE_JVM, "128MiB");
        AtomicInteger rounds = new AtomicInteger();
        List<Row> rows = new StorageBench(plan, new BenchListener() {
                    @Override
                    public void begin(String what, int steps) {}

                    @Override
                    public void done(int steps) {}

                    @Override
                    public void end() {
                        rounds.incrementAndGet();
                    }
                })
                .run();

        assertThat(rounds).hasValue(2 + RUNS);
        assertThat(rows.stream()
                        .map(row -> row.name().replaceAll("\\.p\\d.*", ""))
                        .filter(name -> !name.equals("store.get.cold"))
                        .collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(
                        "store.get.hot",
                        "store.get.disk",
                        "store.put",
                        "store.churn.get",
                        "store.churn.get.hits",
                        "store.churn.put",
                        "store.churn.evictions",
                        "policy.lru-2",
                        "node.get.hot",
                        "node.get.disk",
                        "node.put",
                        "restart.50");
        assertThat(rows).allSatisfy(row -> {
            assertThat(row.runs()).isEqualTo(RUNS);
            assertThat(row.min()).isPositive().isLessThanOrEqualTo(row.value());
            assertThat(row.max()).isGreaterThanOrEqualTo(row.value());
            assertThat(row.met() == null).isEqualTo(row.target() == null);
        });
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }
}
