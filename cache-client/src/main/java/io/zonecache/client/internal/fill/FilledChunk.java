package io.zonecache.client.internal.fill;

import java.nio.ByteBuffer;

/**
 * A chunk that was loaded.
 *
 * @param chunk exactly its bytes, read-only, verified
 * @param source the tier that it came from in the end
 */
public record FilledChunk(ByteBuffer chunk, Source source) {

    /** A tier below the local cache. */
    public enum Source {
        ZONE,
        ORIGIN
    }
}
