package io.zonecache.benchmarks.herd;

import java.nio.file.Path;
import java.util.List;

/**
 * How large a herd, and how often.
 *
 * @param directory where data goes; it exists, and what is put there is deleted
 * @param clients processes
 * @param readersPerClient at once
 * @param runs of each scenario
 * @param nodeJvmOptions for each node's process
 * @param nodeMemory of each node, as in {@code serve --memory}
 */
public record HerdPlan(
        Path directory, int clients, int readersPerClient, int runs, List<String> nodeJvmOptions, String nodeMemory) {

    static final int NODES = 6;

    public HerdPlan {
        if (clients < 2 || readersPerClient < 1 || runs < 1) {
            throw new IllegalArgumentException("plan: " + clients + " clients, " + readersPerClient + " readers, "
                    + runs + " runs (expected: at least 2 clients, one of which is killed, and 1 of the others)");
        }
    }
}
