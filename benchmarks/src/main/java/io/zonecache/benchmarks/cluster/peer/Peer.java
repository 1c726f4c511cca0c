package io.zonecache.benchmarks.cluster.peer;

import java.util.List;
import java.util.function.IntFunction;

/** A cache that runs. Closing it ends its client; the servers end with the workspace. */
public interface Peer extends AutoCloseable {

    /** What its rows are called. */
    String name();

    /** Puts chunks 0, 1, ... into it. */
    void store(int chunks, IntFunction<byte[]> bytes) throws Exception;

    /** As many reads at once as its users have. */
    ChunkReader reader();

    /** Its servers' processes. */
    List<Long> pids();

    @Override
    void close();
}
