package io.zonecache.client.internal.code;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import java.nio.ByteBuffer;

/** Computes the bytes of chunks and stripes, and allocates the memory that holds them. Safe for concurrent use. */
public interface ChunkCodec {

    ChunkCodec DEFAULT = new ChunkCodec() {};

    default ErasureCode code(CodeSpec spec) {
        return ErasureCodes.of(spec);
    }

    /** The hash of the remaining bytes; the buffer's position does not change. */
    default ChunkKey sha256(ByteBuffer chunk) {
        return ChunkKey.sha256Of(chunk);
    }

    /** The tag of the stripes of a chunk whose key is not its hash ({@link ChunkKey#tagOf}); the buffer's position does not change. */
    default long tag(ChunkKey key, ByteBuffer chunk) {
        return key.tagOf(chunk);
    }

    /** Zeroed memory. */
    default byte[] allocate(int bytes) {
        return new byte[bytes];
    }
}
