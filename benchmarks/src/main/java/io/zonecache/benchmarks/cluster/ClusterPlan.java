package io.zonecache.benchmarks.cluster;

import io.zonecache.benchmarks.cluster.peer.PeerKind;
import java.nio.file.Path;
import java.util.List;

/**
 * What to measure, and how often.
 *
 * @param directory where data goes; it exists, and what is put there is deleted
 * @param reads of each row, in all turns together
 * @param turns each row's share of reads is the same in each; figures are medians over them
 * @param warmUpReads of each row before the first turn
 * @param chunks of 512 KiB that are read, in random order
 * @param readers how many reads are in flight in the rows of healthy caches: one row for each number
 * @param peers to measure beside the zone
 * @param nodeJvmOptions for the nodes' processes
 * @param nodeMemory of each node, as in {@code serve --memory}
 */
public record ClusterPlan(
        Path directory,
        int reads,
        int turns,
        int warmUpReads,
        int chunks,
        List<Integer> readers,
        List<PeerKind> peers,
        List<String> nodeJvmOptions,
        String nodeMemory) {

    public static final int NODES = 6;

    static final int CHUNK_BYTES = 512 << 10;

    /** Reads in flight in the rows where most of them wait for a slow node: one after the other would take minutes. */
    static final int WAITING_READERS = 8;

    public ClusterPlan {
        readers = readers.stream().distinct().sorted().toList();
        if (turns < 1 || reads < turns || warmUpReads < 1 || readers.isEmpty() || readers.get(0) < 1) {
            throw new IllegalArgumentException("plan: " + reads + " reads, " + turns + " turns, " + warmUpReads
                    + " reads to warm up, readers " + readers + " (expected: at least one read a turn and one reader)");
        }
        int most = Math.max(WAITING_READERS, readers.get(readers.size() - 1));
        if (chunks < most) {
            throw new IllegalArgumentException(
                    "plan: " + chunks + " chunks (expected: at least " + most + ", as each reader has its own)");
        }
    }

    int maxReaders() {
        return readers.get(readers.size() - 1);
    }

    int readsPerTurn() {
        return (reads + turns - 1) / turns;
    }
}
