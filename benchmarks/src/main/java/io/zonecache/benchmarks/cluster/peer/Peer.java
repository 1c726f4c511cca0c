package io.zonecache.benchmarks.cluster.peer;

import java.util.List;
import java.util.function.IntFunction;

/** A cache that runs. Closing it ends its client; the server ends with the workspace. */
public interface Peer extends AutoCloseable {

    /** Puts chunks 0, 1, ... into it. */
    void store(int chunks, IntFunction<byte[]> bytes) throws Exception;

    /** As many reads at once as its users have. */
    ChunkReader reader();

    /** Its server's processes. */
    List<Long> pids();

    @Override
    void close();
}
