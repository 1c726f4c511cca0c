package io.zonecache.client.read;

import io.zonecache.model.CodeSpec;
import io.zonecache.model.StripeHeader;

/** How a chunk was cut into stripes: only stripes of one cut decode together. */
record Cut(CodeSpec code, int chunkBytes, long tag) {

    static Cut of(StripeHeader header) {
        return new Cut(header.code(), header.chunkBytes(), header.tag());
    }

    int payloadBytes() {
        return code.payloadBytes(chunkBytes);
    }

    /** All stripes' payloads. */
    long codedBytes() {
        return (long) code.stripes() * payloadBytes();
    }
}
