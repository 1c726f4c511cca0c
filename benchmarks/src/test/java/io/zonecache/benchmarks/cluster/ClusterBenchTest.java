package io.zonecache.benchmarks.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.benchmarks.cluster.peer.PeerKind;
import io.zonecache.benchmarks.report.BenchListener;
import io.zonecache.benchmarks.report.Row;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That everything is measured and every byte is right; what the figures are is not looked at. */
@Tag("nightly")
class ClusterBenchTest {

    private static final List<String> NODE_JVM = List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");
    private static final int READS = 24;
    private static final int TURNS = 2;
    private static final int CHUNKS = 8;

    @TempDir
    Path directory;

    @Test
    void shouldMeasureEverythingAndLeaveNothing() throws Exception {
        List<PeerKind> peers = PeerKind.installed();
        ClusterPlan plan =
                new ClusterPlan(directory, READS, TURNS, CHUNKS, CHUNKS, List.of(1, 8), peers, NODE_JVM, "128MiB");
        List<String> steps = new ArrayList<>();
        List<Row> rows = new ClusterBench(plan, new BenchListener() {
                    @Override
                    public void begin(String what, int count) {
                        steps.add(what);
                    }

                    @Override
                    public void done(int count) {}

                    @Override
                    public void end() {}
                })
                .run();

        assertThat(steps).containsExactly("start", "warm-up", "turn 1", "turn 2", "outages");
        Set<String> names = rows.stream()
                .map(row -> row.name().replaceAll("\\.(p\\d.*|throughput|cpu.*)$", ""))
                .collect(Collectors.toSet());
        assertThat(names)
                .contains(
                        "zone.checksum.all.1-reader",
                        "zone.checksum.hedged.8-readers",
                        "zone.full.all.8-readers",
                        "proxied.4-of-5.checksum.all.one-slow.1-reader",
                        "proxied.4-of-4.checksum.all.all-well.1-reader",
                        "proxied.1-of-1.checksum.all.one-slow.8-readers",
                        "code.xor.4-of-5.encode",
                        "code.reed_solomon.4-of-5.reconstruct",
                        "one-killed.checksum.all.4-readers",
                        "two-restarted.checksum.all.4-readers.hits");
        for (PeerKind peer : peers) {
            assertThat(names).contains(peer + ".1-reader", peer + ".8-readers");
        }
        if (peers.contains(PeerKind.MEMCACHED)) {
            assertThat(names)
                    .contains(
                            "striped-memcached.1-reader",
                            "striped-memcached.8-readers",
                            "zone.checksum.hedged.8-readers / striped-memcached.8-readers");
            assertThat(row(rows, "striped-memcached.8-readers.cpu.servers").value())
                    .isNotNegative();
        }
        assertThat(rows).allSatisfy(row -> assertThat(row.min()).isLessThanOrEqualTo(row.max()));
        assertThat(row(rows, "one-killed.checksum.all.4-readers.reads").value()).isEqualTo(READS);
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).isEmpty();
        }
    }

    private static Row row(List<Row> rows, String name) {
        return rows.stream().filter(row -> row.name().equals(name)).findFirst().orElseThrow();
    }
}
