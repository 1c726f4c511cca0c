package io.zonecache.benchmarks.storage;

import java.nio.file.Path;
import java.util.List;

/**
 * What to measure, and for how long.
 *
 * @param directory where data goes; it exists, and what is put there is deleted
 * @param runNanos of one run of one scenario
 * @param runs of each scenario, after one to warm up
 * @param diskStripes how many stripes of the default size lie on disk to be read
 * @param restartStripes how many stripes a store holds that is opened, for each such store
 * @param nodeJvmOptions for the node's own process
 * @param nodeMemory of the node, as in {@code serve --memory}
 */
public record StoragePlan(
        Path directory,
        long runNanos,
        int runs,
        int diskStripes,
        List<Integer> restartStripes,
        List<String> nodeJvmOptions,
        String nodeMemory) {

    public StoragePlan {
        if (runNanos < 1 || runs < 1 || diskStripes < 1) {
            throw new IllegalArgumentException(
                    "plan: " + runNanos + " ns, " + runs + " runs, " + diskStripes + " stripes (expected: at least 1)");
        }
    }
}
