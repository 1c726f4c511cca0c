package io.zonecache.client.internal.code;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import java.nio.ByteBuffer;

/** What the bytes of chunks and stripes are computed with, and the memory that they lie in. Safe for concurrent use. */
public interface ChunkCodec {

    ChunkCodec DEFAULT = new ChunkCodec() {};

    default ErasureCode code(CodeSpec spec) {
        return ErasureCodes.of(spec);
    }

    /** The hash of the remaining bytes; the buffer's position stays. */
    default ChunkKey sha256(ByteBuffer chunk) {
        return ChunkKey.sha256Of(chunk);
    }

    /** Zeroed memory. */
    default byte[] allocate(int bytes) {
        return new byte[bytes];
    }
}
