package io.zonecache.benchmarks.refill;

import java.nio.file.Path;
import java.util.List;

/**
 * What is emptied, and who reads meanwhile.
 *
 * @param directory where data goes; it exists, and what is put there is deleted
 * @param budgets origin budgets, a zone for each
 * @param chunks that the zone holds
 * @param clients that read
 * @param readsPerSecond of all clients together, where they read at a steady rate
 * @param latencyMillis of the origin
 * @param warmUps emptyings before the first one that is measured
 * @param runs of each
 * @param nodeJvmOptions for each node's process
 * @param nodeMemory of each node, as in {@code serve --memory}
 */
public record RefillPlan(
        Path directory,
        List<Integer> budgets,
        int chunks,
        int clients,
        int readsPerSecond,
        int latencyMillis,
        int warmUps,
        int runs,
        List<String> nodeJvmOptions,
        String nodeMemory) {

    static final int NODES = 6;

    /** Of each budget; what is left is lent in equal shares, one for each node. */
    static final int RESERVE = 4;

    public RefillPlan {
        budgets = List.copyOf(budgets);
        if (chunks < 1 || clients < 1 || readsPerSecond < 1 || latencyMillis < 1 || runs < 1) {
            throw new IllegalArgumentException("plan: " + chunks + " chunks, " + clients + " clients, " + readsPerSecond
                    + " reads/s, " + latencyMillis + " ms, " + runs + " runs (expected: at least 1 of each)");
        }
        if (warmUps < 0) {
            throw new IllegalArgumentException("plan: " + warmUps + " warm-ups (expected: 0 or more)");
        }
        for (int budget : budgets) {
            if (budget - RESERVE < NODES) {
                throw new IllegalArgumentException("budget: " + budget + " (expected: at least " + (NODES + RESERVE)
                        + ", one for each node and the reserve)");
            }
        }
    }

    /** Fetches that all nodes together may lease out at once: shares are whole. */
    static int leasable(int budget) {
        return (budget - RESERVE) / NODES * NODES;
    }
}
