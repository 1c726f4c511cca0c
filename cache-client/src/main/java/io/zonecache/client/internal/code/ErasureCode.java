package io.zonecache.client.internal.code;

import io.zonecache.model.CodeSpec;
import org.jspecify.annotations.Nullable;

/**
 * Computes parity stripes from data stripes, and missing stripes from any k others. Pure, thread-safe, allocates nothing that
 * grows with the input.
 *
 * <p>Stripes are ranges of equal length in byte arrays: {@code arrays[i]} from {@code offsets[i]}. Data stripes are 0..k-1, parity k..n-1; several
 * may share one array, so that a chunk's data stripes can be the chunk itself.
 */
public interface ErasureCode {

    CodeSpec spec();

    /** Fills the m parity ranges from the k data ranges. */
    void encode(byte[][] arrays, int[] offsets, int payloadBytes);

    /**
     * Fills the data ranges that are not present; at least k ranges must be.
     *
     * @param arrays an absent parity stripe may be null: it is not computed
     */
    void reconstructData(byte[] @Nullable [] arrays, int[] offsets, int payloadBytes, boolean[] present);
}
