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
        List<PeerKind> peers,
        List<String> nodeJvmOptions,
        String nodeMemory) {

    public static final int NODES = 6;

    static final int CHUNK_BYTES = 512 << 10;

    /** Most reads in flight in any row; each reads chunks of its own. */
    static final int MAX_READERS = 8;

    public ClusterPlan {
        if (turns < 1 || reads < turns || warmUpReads < 1 || chunks < MAX_READERS) {
            throw new IllegalArgumentException("plan: " + reads + " reads, " + turns + " turns, " + warmUpReads
                    + " reads to warm up, " + chunks + " chunks (expected: at least one read a turn and " + MAX_READERS
                    + " chunks)");
        }
    }

    int readsPerTurn() {
        return (reads + turns - 1) / turns;
    }
}
