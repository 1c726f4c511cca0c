package io.zonecache.server.config;

import com.sun.management.UnixOperatingSystemMXBean;
import io.zonecache.storage.StoreConfig;
import java.lang.management.ManagementFactory;

/**
 * How the process's file descriptors are split: what the rest leaves is for connections to the data plane. The JVM raises its soft limit
 * to the hard one at start, so {@code ulimit -Hn} is what counts.
 *
 * <pre>
 *   descriptors            1,024   4,096   20,000   1,048,576   of a node in a zone of six
 *   store's tables           256   1,024    4,096       4,096   a quarter, at most what the store opens by default
 *   store's other files       64      64       64          64   manifest, logs, locks, files that are being written
 *   cluster                   28      28       28          28   one connection to each node, two while they meet; its own port
 *   admin port               128     128      128         128   {@link Limits#MAX_ADMIN_CONNECTIONS}
 *   beyond the maximum       256     256      256         256   {@link Limits#MAX_SURPLUS_CONNECTIONS}
 *   runtime                  256     256      256         256   jars, event loops, logs: 118 in an idle node
 *   connections               36   2,340   15,172   1,043,748
 * </pre>
 *
 * @param descriptors limit of the process; {@link #UNKNOWN} where the system does not tell
 * @param expectedNodes of the zone
 */
public record DescriptorBudget(long descriptors, int expectedNodes) {

    public static final long UNKNOWN = -1;

    /** Below this a node is of no use: raise the limit. */
    static final int MIN_CONNECTIONS = 16;

    /** What each of 5,000 idle HTTP/1.1 connections took of the heap; an idle HTTP/2 connection takes 7 KiB. */
    private static final long CONNECTION_HEAP_BYTES = 4096;

    private static final int STORE_TABLES_SHARE = 4;
    private static final int STORE_OTHER_FILES = 64;
    private static final int CLUSTER_PORT_FILES = 16;
    private static final int CONNECTIONS_TO_NODE = 2;
    private static final int RUNTIME_FILES = 256;

    /** Of this process. */
    public static long ofProcess() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? unix.getMaxFileDescriptorCount()
                : UNKNOWN;
    }

    /** Tables that the store may keep open. */
    public int storeTables() {
        if (descriptors == UNKNOWN) {
            return StoreConfig.DEFAULT_MAX_OPEN_FILES;
        }
        long share = Math.min(StoreConfig.DEFAULT_MAX_OPEN_FILES, descriptors / STORE_TABLES_SHARE);
        return (int) Math.max(StoreConfig.MIN_MAX_OPEN_FILES, share);
    }

    /** The most connections that descriptors allow; may be negative. */
    public int maxConnections() {
        if (descriptors == UNKNOWN) {
            return Integer.MAX_VALUE;
        }
        return (int) Math.min(Integer.MAX_VALUE, descriptors - storeTables() - otherFiles());
    }

    /** Connections where none are configured: no more than there is memory for, so that idle ones leave the heap to requests. */
    public int defaultConnections(MemorySplit memory) {
        return Math.min(
                maxConnections(), (int) Math.min(Integer.MAX_VALUE, memory.connectionBytes() / CONNECTION_HEAP_BYTES));
    }

    /** Why a node takes so many connections and no more, for its log. */
    public String describe(int connections, MemorySplit memory) {
        String descriptorText = descriptors == UNKNOWN
                ? "the descriptor limit is unknown"
                : "the descriptor limit of " + descriptors + " allows " + maxConnections() + " beside " + storeTables()
                        + " for the store's tables and " + otherFiles() + " for the rest";
        return connections + " connections at most: " + descriptorText + ", memory "
                + memory.connectionBytes() / CONNECTION_HEAP_BYTES;
    }

    private int otherFiles() {
        return STORE_OTHER_FILES
                + CLUSTER_PORT_FILES
                + CONNECTIONS_TO_NODE * expectedNodes
                + Limits.MAX_ADMIN_CONNECTIONS
                + Limits.MAX_SURPLUS_CONNECTIONS
                + RUNTIME_FILES;
    }
}
