package io.zonecache.server;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeName;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.StripeRecord;
import java.nio.ByteBuffer;
import java.util.Random;

/** Records for tests. */
public final class Stripes {

    public static final CodeSpec WHOLE = new CodeSpec(CodeName.XOR, 1, 0);
    public static final CodeSpec FOUR_OF_FIVE = new CodeSpec(CodeName.XOR, 4, 1);

    private Stripes() {}

    public static ChunkKey key(long seed) {
        Random random = new Random(seed);
        return new ChunkKey(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    /** Stripe {@code index} of a chunk of that many bytes; the payload is noise. */
    public static byte[] record(ChunkKey key, CodeSpec code, int index, int chunkBytes) {
        byte[] payload = new byte[code.payloadBytes(chunkBytes)];
        new Random(key.w0() + index).nextBytes(payload);
        return StripeRecord.encode(code, index, chunkBytes, key, key.w1(), ByteBuffer.wrap(payload))
                .bytes()
                .array();
    }

    public static byte[] record(ChunkKey key) {
        return record(key, FOUR_OF_FIVE, 0, 512 * 1024);
    }

    public static String path(ChunkKey key) {
        return "/v1/chunks/" + key + "/stripes";
    }
}
