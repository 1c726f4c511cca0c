package io.zonecache.cli.bench;

import java.lang.management.ManagementFactory;
import java.util.List;

/** What figures were measured on. */
record Machine(
        String os, String java, int processors, double loadAverage, List<String> nodeJvmOptions, String nodeMemory) {

    static Machine now(List<String> nodeJvmOptions, String nodeMemory) {
        return new Machine(
                System.getProperty("os.name") + " " + System.getProperty("os.version"),
                System.getProperty("java.runtime.version"),
                Runtime.getRuntime().availableProcessors(),
                ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
                nodeJvmOptions,
                nodeMemory);
    }
}
