package io.zonecache.storage.rocksdb;

import io.zonecache.model.CodeName;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.StripeRecord;
import io.zonecache.storage.StripeStore;
import io.zonecache.storage.TestStripes;
import java.nio.ByteBuffer;
import java.util.Random;

/** Puts stripes whose content costs less to make than to store. Not thread-safe. */
final class CheapPayloads {

    private static final int MAX_BYTES = 256 << 10;
    private static final CodeSpec WHOLE = new CodeSpec(CodeName.XOR, 1, 0);

    private final byte[] payload = new byte[MAX_BYTES];

    CheapPayloads() {
        new Random(1).nextBytes(payload);
    }

    void put(StripeStore store, int number, int payloadBytes) {
        ByteBuffer content = ByteBuffer.wrap(payload, 0, payloadBytes);
        content.putLong(0, number);
        StripeRecord record = StripeRecord.encode(WHOLE, 0, payloadBytes, TestStripes.key(number), number, content);
        TestStripes.putPatiently(store, record);
    }
}
