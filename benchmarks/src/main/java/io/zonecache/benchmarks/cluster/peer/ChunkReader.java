package io.zonecache.benchmarks.cluster.peer;

import java.nio.ByteBuffer;
import java.util.function.Supplier;

/** Reads whole chunks from wherever they are. Thread-safe; each call blocks until its chunk is there. */
@FunctionalInterface
public interface ChunkReader {

    /** @return the bytes, in the form that the client library gives them; copying them into a buffer is not part of reading */
    Supplier<ByteBuffer> read(int chunk) throws Exception;
}
