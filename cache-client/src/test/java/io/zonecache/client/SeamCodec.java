package io.zonecache.client;

import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.code.ErasureCode;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Computes as a client does, but fails as a {@link SeamFault} says. */
record SeamCodec(SeamFault fault) implements ChunkCodec {

    @Override
    public ErasureCode code(CodeSpec spec) {
        fault.check(Seam.CODE);
        ErasureCode code = DEFAULT.code(spec);
        return new ErasureCode() {
            @Override
            public CodeSpec spec() {
                return spec;
            }

            @Override
            public void encode(byte[][] arrays, int[] offsets, int payloadBytes) {
                fault.check(Seam.ENCODE);
                code.encode(arrays, offsets, payloadBytes);
            }

            @Override
            public void reconstructData(
                    byte[] @Nullable [] arrays, int[] offsets, int payloadBytes, boolean[] present) {
                fault.check(Seam.RECONSTRUCT);
                code.reconstructData(arrays, offsets, payloadBytes, present);
            }
        };
    }

    @Override
    public ChunkKey sha256(ByteBuffer chunk) {
        fault.check(Seam.HASH);
        return DEFAULT.sha256(chunk);
    }

    @Override
    public long tag(ChunkKey key, ByteBuffer chunk) {
        fault.check(Seam.HASH);
        return DEFAULT.tag(key, chunk);
    }

    @Override
    public byte[] allocate(int bytes) {
        fault.check(Seam.ALLOCATION);
        return DEFAULT.allocate(bytes);
    }
}
