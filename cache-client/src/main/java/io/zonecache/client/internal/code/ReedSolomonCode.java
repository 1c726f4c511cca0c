package io.zonecache.client.internal.code;

import com.backblaze.erasure.ReedSolomon;
import io.zonecache.model.CodeName;
import io.zonecache.model.CodeSpec;
import org.jspecify.annotations.Nullable;

/**
 * Computes any number of parity stripes, with Backblaze's Vandermonde code over GF(2^8) with the polynomial 0x11D (Plank, "A tutorial on
 * Reed-Solomon coding for fault-tolerance in RAID-like systems", 1997, with his correction of 2003).
 *
 * <p>The library requires shards at one offset of arrays of one length, and computes absent parity along with the data. Stripes therefore pass
 * through scratch buffers of 16 KiB each, which stay in cache: the two copies cost a tenth of the field arithmetic. The matrix is inverted again
 * for each block (a few us at k = 4). Thread-safe.
 */
final class ReedSolomonCode implements ErasureCode {

    private static final int BLOCK_BYTES = 16 * 1024;

    private final CodeSpec spec;
    private final ReedSolomon code;

    ReedSolomonCode(CodeSpec spec) {
        if (spec.name() != CodeName.REED_SOLOMON) {
            throw new IllegalArgumentException("code: " + spec + " (expected: REED_SOLOMON)");
        }
        this.spec = spec;
        this.code = ReedSolomon.create(spec.data(), spec.parity());
    }

    @Override
    public CodeSpec spec() {
        return spec;
    }

    @Override
    public void encode(byte[][] arrays, int[] offsets, int payloadBytes) {
        if (spec.parity() == 0) {
            return;
        }
        byte[][] scratch = scratch(payloadBytes);
        for (int from = 0; from < payloadBytes; from += BLOCK_BYTES) {
            int bytes = Math.min(BLOCK_BYTES, payloadBytes - from);
            for (int i = 0; i < spec.data(); i++) {
                System.arraycopy(arrays[i], offsets[i] + from, scratch[i], 0, bytes);
            }
            code.encodeParity(scratch, 0, bytes);
            for (int i = spec.data(); i < spec.stripes(); i++) {
                System.arraycopy(scratch[i], 0, arrays[i], offsets[i] + from, bytes);
            }
        }
    }

    @Override
    public void reconstructData(byte[] @Nullable [] arrays, int[] offsets, int payloadBytes, boolean[] present) {
        if (Presence.firstAbsentData(spec, present) < 0) {
            return;
        }
        byte[][] scratch = scratch(payloadBytes);
        for (int from = 0; from < payloadBytes; from += BLOCK_BYTES) {
            int bytes = Math.min(BLOCK_BYTES, payloadBytes - from);
            for (int i = 0; i < spec.stripes(); i++) {
                if (present[i]) {
                    System.arraycopy(arrays[i], offsets[i] + from, scratch[i], 0, bytes);
                }
            }
            code.decodeMissing(scratch, present.clone(), 0, bytes);
            for (int i = 0; i < spec.data(); i++) {
                if (!present[i]) {
                    System.arraycopy(scratch[i], 0, arrays[i], offsets[i] + from, bytes);
                }
            }
        }
    }

    private byte[][] scratch(int payloadBytes) {
        return new byte[spec.stripes()][Math.min(BLOCK_BYTES, payloadBytes)];
    }
}
