package io.zonecache.benchmarks.storage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeName;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.StripeRecord;
import io.zonecache.storage.StripeStore;
import java.nio.ByteBuffer;
import java.util.Random;

/** Records of noise, made in one buffer so that making them leaves no garbage. Not thread-safe. */
final class BenchStripes {

    /** Of a chunk of the default size under 4-of-5. */
    static final int PAYLOAD_BYTES = 128 * 1024;

    /** A busy node or store has waited for two seconds by then. */
    static final int MAX_ATTEMPTS = 30;

    private static final CodeSpec WHOLE = new CodeSpec(CodeName.XOR, 1, 0);

    private final ByteBuffer record;
    private final ByteBuf buffer;

    BenchStripes(int payloadBytes) {
        byte[] noise = new byte[payloadBytes];
        new Random(payloadBytes).nextBytes(noise);
        record = ByteBuffer.allocateDirect(StripeRecord.HEADER_BYTES + payloadBytes);
        record.position(StripeRecord.HEADER_BYTES);
        record.put(noise).clear();
        buffer = Unpooled.wrappedBuffer(record);
    }

    static ChunkKey key(long number) {
        return new ChunkKey(number * 0x9E3779B97F4A7C15L, number, ~number, 7);
    }

    int recordBytes() {
        return record.capacity();
    }

    /** The chunk's record; the next call overwrites it. */
    ByteBuffer record(long number) {
        record.clear();
        ByteBuffer payload = record.slice(StripeRecord.HEADER_BYTES, record.capacity() - StripeRecord.HEADER_BYTES);
        StripeRecord.writeHeader(record, WHOLE, 0, payload.remaining(), key(number), number, payload);
        return record.clear();
    }

    /** Nanoseconds that the store took for it, those included for which it was busy. */
    long put(StripeStore store, long number) {
        ByteBuf made = buffer.setIndex(0, record(number).limit());
        ChunkKey key = key(number);
        long start = System.nanoTime();
        for (int attempt = 1; !isStored(store, key, made, attempt); ) {
            attempt++;
        }
        return System.nanoTime() - start;
    }

    private static boolean isStored(StripeStore store, ChunkKey key, ByteBuf made, int attempt) {
        try {
            store.put(key, made);
            return true;
        } catch (CacheException e) {
            if (e.code() == CacheErrorCode.BUSY && attempt < MAX_ATTEMPTS) {
                return false;
            }
            throw e;
        }
    }
}
