package io.zonecache.benchmarks.faults;

import java.nio.file.Path;
import java.util.List;

/**
 * What to measure, and how often.
 *
 * @param directory where data goes; it exists, and what is put there is deleted
 * @param nodes in the zone, six at least
 * @param turns each scenario and its control run are measured once in each; figures are medians over them
 * @param readsPerSecond of the steady readers
 * @param turnReads of the steady readers, in each turn
 * @param chunks of 64 KiB that the steady readers read, in random order
 * @param linkReads of chunks of 2 MiB through the narrow link, in each turn and for each number of readers
 * @param nodeJvmOptions for the nodes' processes
 * @param nodeMemory of each node, as in {@code serve --memory}
 */
public record FaultsPlan(
        Path directory,
        int nodes,
        int turns,
        int readsPerSecond,
        int turnReads,
        int chunks,
        int linkReads,
        List<String> nodeJvmOptions,
        String nodeMemory) {

    public static final int DEFAULT_NODES = 12;

    private static final int MIN_NODES = 6;

    public FaultsPlan {
        if (nodes < MIN_NODES
                || turns < 1
                || readsPerSecond < 1
                || turnReads < 1
                || chunks < 1
                || linkReads < NarrowLinkReads.MAX_READERS) {
            throw new IllegalArgumentException("plan: " + nodes + " nodes, " + turns + " turns, " + readsPerSecond
                    + " reads/s, " + turnReads + " reads, " + chunks + " chunks, " + linkReads
                    + " reads through the link (expected: at least " + MIN_NODES + " nodes, one of the others, and "
                    + NarrowLinkReads.MAX_READERS + " reads through the link)");
        }
    }
}
