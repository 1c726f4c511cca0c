package io.zonecache.client;

import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;

/** Chunks that no cache has delivered. */
public final class TestChunks {

    private TestChunks() {}

    public static Chunk of(byte[] bytes) {
        return new Chunk(
                ChunkKey.sha256Of(bytes), ByteBuffer.wrap(bytes).slice().asReadOnlyBuffer());
    }
}
