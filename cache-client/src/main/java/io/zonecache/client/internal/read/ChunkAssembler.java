package io.zonecache.client.internal.read;

import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.code.ErasureCode;
import io.zonecache.client.internal.transport.PayloadTarget;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one chunk while its stripes arrive. The chunk's buffer is k payloads long, and data stripes land in it directly; parity, and a data
 * stripe that a second node sends while the first still writes, get memory of their own. Not thread-safe: the read's lock guards it, and while it
 * decodes the read hands out no targets. The round's memory has been charged with one payload for each stripe; a further target costs more.
 *
 * <p>A chunk that has been handed out is never written again: before decoding, every target that is not complete is cut off,
 * and complete ones take no more bytes.
 */
final class ChunkAssembler {

    /** Maximum number of subsets of stripes that are tried to find the corrupt ones; 4-of-6 needs 15. */
    private static final int MAX_SUBSETS = 64;

    private final StripeLayout layout;
    private final RoundMemory memory;
    private final ChunkCodec codec;
    private final PayloadArrays payloads;
    private final ErasureCode code;
    private final byte[] chunk;
    private final byte[] @Nullable [] arrays;
    private final int[] offsets;
    private final boolean[] held;
    private final @Nullable PayloadTarget[] inPlace;
    private final List<PayloadTarget> separate = new ArrayList<>();
    private final int[] separateOfStripe;
    private int subsetsLeft = MAX_SUBSETS;

    /** @param memory charged with the layout's {@code codedBytes} already */
    ChunkAssembler(StripeLayout layout, RoundMemory memory, ChunkCodec codec, PayloadArrays payloads) {
        this.layout = layout;
        this.memory = memory;
        this.codec = codec;
        this.payloads = payloads;
        this.code = codec.code(layout.code());
        this.chunk = codec.allocate(layout.code().data() * layout.payloadBytes());
        int stripes = layout.code().stripes();
        this.arrays = new byte[stripes][];
        this.offsets = new int[stripes];
        this.held = new boolean[stripes];
        this.inPlace = new PayloadTarget[stripes];
        this.separateOfStripe = new int[stripes];
    }

    StripeLayout layout() {
        return layout;
    }

    /** Memory for a stripe that is not held; null if there is none. */
    @Nullable
    PayloadTarget target(int index) {
        if (index >= layout.code().data() || inPlace[index] != null) {
            return separateTarget(index);
        }
        PayloadTarget target = new PayloadTarget(chunk, offsetOf(index), layout.payloadBytes());
        inPlace[index] = target;
        return target;
    }

    private @Nullable PayloadTarget separateTarget(int index) {
        if (separateOfStripe[index] >= separateChargedFor(index) && !memory.tryUse(layout.payloadBytes())) {
            return null;
        }
        separateOfStripe[index]++;
        PayloadTarget target = new PayloadTarget(payloads.take(layout.payloadBytes()), 0, layout.payloadBytes());
        separate.add(target);
        return target;
    }

    /** A parity stripe is never stored in the chunk. */
    private int separateChargedFor(int index) {
        return index >= layout.code().data() ? 1 : 0;
    }

    /** Discards a target that will never be complete: its place in the chunk may then go to another one. */
    void discard(int index, PayloadTarget target) {
        target.cutOff();
        if (inPlace[index] == target) {
            inPlace[index] = null;
        } else if (separate.remove(target) && --separateOfStripe[index] >= separateChargedFor(index)) {
            memory.reuse(layout.payloadBytes());
        }
    }

    /** @return false if the stripe is held already, or the target was cut off */
    boolean hold(int index, PayloadTarget target) {
        if (held[index] || !target.isComplete()) {
            return false;
        }
        held[index] = true;
        arrays[index] = target.array();
        offsets[index] = target.offset();
        return true;
    }

    /** From here on nothing writes to this memory but {@link #decode} itself. */
    void cutOffRest() {
        for (int i = 0; i < inPlace.length; i++) {
            PayloadTarget target = inPlace[i];
            if (target != null && !(held[i] && arrays[i] == chunk)) {
                target.cutOff();
                inPlace[i] = null;
            }
        }
    }

    /** From here on nothing writes to this memory at all. */
    void cutOffAll() {
        cutOffRest();
        separate.forEach(PayloadTarget::cutOff);
        separate.clear();
    }

    /** The chunk has been decoded and is right: the memory of stripes that are no part of it can hold others. */
    void giveBackSeparate() {
        Arrays.fill(arrays, null);
        for (PayloadTarget target : separate) {
            byte[] array = target.takeAway();
            if (array.length > 0) {
                payloads.giveBack(array);
            }
        }
        separate.clear();
    }

    /** Whether a data stripe is still to be computed from others. */
    boolean lacksData() {
        for (int i = 0; i < layout.code().data(); i++) {
            if (!held[i]) {
                return true;
            }
        }
        return false;
    }

    /**
     * The chunk from the stripes held, of which there must be k; {@link #cutOffRest} comes first. Copies only data stripes that are stored
     * elsewhere.
     */
    ByteBuffer decode() {
        byte[] @Nullable [] all = arrays.clone();
        int[] at = offsets.clone();
        for (int i = 0; i < layout.code().data(); i++) {
            if (held[i] && arrays[i] != chunk) {
                System.arraycopy(arrays[i], offsets[i], chunk, offsetOf(i), layout.payloadBytes());
            }
            all[i] = chunk;
            at[i] = offsetOf(i);
        }
        code.reconstructData(all, at, layout.payloadBytes(), held);
        return view(chunk);
    }

    /**
     * Searches the stripes held for k that decode to the right chunk. The chunk is in memory of its own, which takes another {@code codedBytes},
     * and stripes that contradict it are reported.
     */
    @Nullable
    DecodedChunk decodeSubsets(Predicate<ByteBuffer> isValid) {
        return search(new boolean[held.length], 0, layout.code().data(), isValid);
    }

    private @Nullable DecodedChunk search(boolean[] chosen, int from, int missing, Predicate<ByteBuffer> isValid) {
        if (missing == 0) {
            subsetsLeft--;
            return trySubset(chosen, isValid);
        }
        for (int i = from; i < chosen.length && subsetsLeft > 0; i++) {
            if (held[i]) {
                chosen[i] = true;
                DecodedChunk decoded = search(chosen, i + 1, missing - 1, isValid);
                if (decoded != null) {
                    return decoded;
                }
                chosen[i] = false;
            }
        }
        return null;
    }

    private @Nullable DecodedChunk trySubset(boolean[] chosen, Predicate<ByteBuffer> isValid) {
        int payloadBytes = layout.payloadBytes();
        byte[] scratch = codec.allocate(layout.code().stripes() * payloadBytes);
        byte[][] all = new byte[layout.code().stripes()][];
        int[] at = new int[all.length];
        for (int i = 0; i < all.length; i++) {
            all[i] = scratch;
            at[i] = i * payloadBytes;
            if (chosen[i]) {
                System.arraycopy(arrays[i], offsets[i], scratch, at[i], payloadBytes);
            }
        }
        code.reconstructData(all, at, payloadBytes, chosen.clone());
        ByteBuffer candidate = view(scratch);
        if (!isValid.test(candidate)) {
            return null;
        }
        code.encode(all, at, payloadBytes);
        long corruptStripes = 0;
        for (int i = 0; i < all.length; i++) {
            if (held[i] && !isSame(i, scratch, at[i])) {
                corruptStripes |= 1L << i;
            }
        }
        return new DecodedChunk(candidate, corruptStripes);
    }

    private boolean isSame(int index, byte[] scratch, int at) {
        int payloadBytes = layout.payloadBytes();
        byte[] array = arrays[index];
        return array != null
                && Arrays.equals(array, offsets[index], offsets[index] + payloadBytes, scratch, at, at + payloadBytes);
    }

    private ByteBuffer view(byte[] bytes) {
        return ByteBuffer.wrap(bytes, 0, layout.chunkBytes()).slice().asReadOnlyBuffer();
    }

    private int offsetOf(int index) {
        return index * layout.payloadBytes();
    }

    /**
     * The right chunk.
     *
     * @param corruptStripes bit i is set if stripe i contradicts it
     */
    record DecodedChunk(ByteBuffer chunk, long corruptStripes) {}
}
