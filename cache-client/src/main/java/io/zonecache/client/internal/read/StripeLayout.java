package io.zonecache.client.internal.read;

import io.zonecache.model.CodeSpec;
import io.zonecache.model.StripeHeader;

/** How a chunk was cut into stripes: only stripes of one layout decode together. */
public record StripeLayout(CodeSpec code, int chunkBytes, long tag) {

    public static StripeLayout of(StripeHeader header) {
        return new StripeLayout(header.code(), header.chunkBytes(), header.tag());
    }

    int payloadBytes() {
        return code.payloadBytes(chunkBytes);
    }

    /** All stripes' payloads. */
    long codedBytes() {
        return (long) code.stripes() * payloadBytes();
    }
}
