package io.zonecache.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.chaos.zone.NodeContainer;
import io.zonecache.chaos.zone.NodeMetrics;
import io.zonecache.testkit.s3.S3Counts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * What holds whatever goes wrong: origin fetches in flight, counted at the S3 server, never pass the zone's budget; each node stays within
 * its memory; and when it is over, nothing is left under way, open or behind. Watches from construction until closed.
 */
final class Invariants implements AutoCloseable {

    private static final long ORIGIN_MILLIS = 250;
    private static final long NODES_MILLIS = 2_000;
    private static final Duration REST = Duration.ofMinutes(1);

    /** A JVM's pools (compiler, cluster, disk) come and go; a leak of one a fault or a read is many more. */
    private static final int SPARE_THREADS = 24;

    /** The same for files: RocksDB's own come with each segment. */
    private static final int SPARE_FILES = 128;

    /** @param files open, sockets included */
    private record Footprint(long threads, long files) {}

    private final FilledZone filled;
    private final ScheduledExecutorService clock = Executors.newScheduledThreadPool(2);
    private final Map<String, Footprint> atFirst = new TreeMap<>();
    private final List<String> broken = new ArrayList<>();
    private long maxResidentBytes;
    private volatile boolean mayTakeMemory;

    Invariants(FilledZone filled) {
        this.filled = filled;
        for (NodeContainer node : filled.zone().nodes()) {
            atFirst.put(node.id(), footprint(node));
        }
        var unused = clock.scheduleWithFixedDelay(this::watchOrigin, 0, ORIGIN_MILLIS, TimeUnit.MILLISECONDS);
        var unusedToo =
                clock.scheduleWithFixedDelay(this::watchNodes, NODES_MILLIS, NODES_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Once the kernel was made to kill something for its memory, it can't be told from what it does by itself. */
    void allowKillsForMemory() {
        mayTakeMemory = true;
    }

    /** Most that a node took of its own, so far. */
    synchronized long maxResidentBytes() {
        return maxResidentBytes;
    }

    /** The origin's peak since the zone was restored. @throws AssertionError if it passed the budget */
    int originPeak() {
        S3Counts counts = filled.s3().counts();
        assertThat(counts.getsPeakInFlight())
                .as("origin GETs in flight, of %d in all", counts.gets())
                .isLessThanOrEqualTo(filled.zone().spec().originBudget());
        return counts.getsPeakInFlight();
    }

    /** Readers must rest. @throws AssertionError naming what was passed, or left */
    void check() {
        synchronized (this) {
            assertThat(broken).as("memory").isEmpty();
        }
        originPeak();
        await("no origin GET in flight")
                .atMost(REST)
                .until(() -> filled.s3().counts().getsInFlight() == 0);
        for (NodeContainer node : filled.zone().nodes()) {
            for (String gauge : List.of(
                    "zonecache_leases_running",
                    "zonecache_leases_waiting",
                    "zonecache_requests_in_flight",
                    "zonecache_bytes_in_flight")) {
                await(node.id() + ": nothing left of " + gauge)
                        .atMost(REST)
                        .until(() -> node.metrics()
                                        .map(metrics -> metrics.value(gauge))
                                        .orElse(1.0)
                                == 0);
            }
            checkFootprint(node);
        }
    }

    /** All clients must have ended. @throws AssertionError naming what is still connected */
    void checkConnections() {
        for (NodeContainer node : filled.zone().nodes()) {
            await(node.id() + ": no connection of a client left")
                    .atMost(REST)
                    .until(() -> node.metrics()
                            .filter(metrics -> metrics.value("zonecache_connections") == 0)
                            .isPresent());
        }
    }

    @Override
    public void close() {
        clock.shutdownNow();
    }

    private void checkFootprint(NodeContainer node) {
        Footprint first = atFirst.get(node.id());
        if (first == null) {
            throw new IllegalStateException("node " + node.id() + " (expected: one that was there at first)");
        }
        Footprint now = footprint(node);
        assertThat(now.threads())
                .as("threads of %s, at first %d", node.id(), first.threads())
                .isLessThanOrEqualTo(first.threads() + SPARE_THREADS);
        assertThat(now.files())
                .as("open files of %s, at first %d", node.id(), first.files())
                .isLessThanOrEqualTo(first.files() + SPARE_FILES);
    }

    private static Footprint footprint(NodeContainer node) {
        String[] counts = node.run("/bin/bash", "-c", "ls /proc/1/task | wc -l; ls /proc/1/fd | wc -l")
                .strip()
                .split("\\s+", -1);
        return new Footprint(Long.parseLong(counts[0]), Long.parseLong(counts[1]));
    }

    private void watchOrigin() {
        try {
            filled.timeline().origin(filled.s3().counts().getsInFlight());
        } catch (RuntimeException e) {
            // The picture lacks a point; the peak is counted by the server itself.
            return;
        }
    }

    private void watchNodes() {
        filled.zone().nodes().forEach(this::watchNode);
    }

    private void watchNode(NodeContainer node) {
        try {
            if (node.wasOutOfMemory() && !mayTakeMemory) {
                breach(node.id() + " was killed for its memory");
            }
            node.metrics().ifPresent(metrics -> watchMemory(node, metrics));
        } catch (RuntimeException e) {
            // It is being killed or restarted.
            return;
        }
    }

    private synchronized void watchMemory(NodeContainer node, NodeMetrics metrics) {
        long resident = metrics.count("zonecache_memory_resident_bytes");
        maxResidentBytes = Math.max(maxResidentBytes, resident);
        if (resident > node.memoryLimitBytes()) {
            breach(node.id() + ": " + resident + " bytes (expected: at most " + node.memoryLimitBytes() + ")");
        }
    }

    private synchronized void breach(String words) {
        if (!broken.contains(words)) {
            broken.add(words);
        }
    }
}
