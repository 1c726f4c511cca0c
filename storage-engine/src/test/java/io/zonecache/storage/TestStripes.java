package io.zonecache.storage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeName;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.StripeRecord;
import java.nio.ByteBuffer;
import java.util.Random;

/** Stripe records whose content follows from a number. */
public final class TestStripes {

    private static final CodeSpec WHOLE = new CodeSpec(CodeName.XOR, 1, 1);

    /** Each waits for two seconds. */
    private static final int MAX_ATTEMPTS = 30;

    private TestStripes() {}

    public static ChunkKey key(long number) {
        return new ChunkKey(number * 0x9E3779B97F4A7C15L, number, ~number, 7);
    }

    public static StripeRecord record(long number, int payloadBytes) {
        return record(number, payloadBytes, 0);
    }

    /** @param version of the content, so that a test can tell an old value from a new one */
    public static StripeRecord record(long number, int payloadBytes, int version) {
        byte[] payload = new byte[payloadBytes];
        new Random(number * 31 + version).nextBytes(payload);
        return StripeRecord.encode(WHOLE, version & 1, payloadBytes, key(number), version, ByteBuffer.wrap(payload));
    }

    /** Direct, one reference, the caller's. */
    public static ByteBuf value(StripeRecord... records) {
        int bytes = 0;
        for (StripeRecord record : records) {
            bytes += record.bytes().remaining();
        }
        ByteBuf value = Unpooled.directBuffer(bytes, bytes);
        for (StripeRecord record : records) {
            value.writeBytes(record.bytes().duplicate());
        }
        return value;
    }

    public static void put(StripeStore store, long number, int payloadBytes) {
        put(store, record(number, payloadBytes));
    }

    /** A store may be too busy for a while on a busy machine, as it says; it must not be so for good. */
    public static void putPatiently(StripeStore store, StripeRecord record) {
        for (int attempt = 1; ; attempt++) {
            try {
                put(store, record);
                return;
            } catch (CacheException e) {
                if (e.code() != CacheErrorCode.BUSY || attempt == MAX_ATTEMPTS) {
                    throw e;
                }
            }
        }
    }

    public static void put(StripeStore store, StripeRecord record) {
        ByteBuf value = value(record);
        try {
            store.put(record.header().key(), value);
        } finally {
            value.release();
        }
    }
}
