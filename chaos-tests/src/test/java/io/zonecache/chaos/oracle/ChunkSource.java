package io.zonecache.chaos.oracle;

import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;

/** What the readers read from: a zone's client, as a rule. Called by several threads. */
@FunctionalInterface
public interface ChunkSource {

    /** The whole chunk, or an exception that says why not. */
    ByteBuffer read(ChunkKey key) throws Exception;
}
