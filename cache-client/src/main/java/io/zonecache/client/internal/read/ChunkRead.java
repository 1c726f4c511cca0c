package io.zonecache.client.internal.read;

import io.zonecache.client.origin.ObjectRange;
import io.zonecache.model.ChunkKey;
import org.jspecify.annotations.Nullable;

/** One caller's read of one chunk across its rounds; not thread-safe beyond what {@link ZoneReader} does. */
public interface ChunkRead {

    ChunkKey key();

    /** What the origin is to be asked for if the chunk is a range of an object; null for a chunk of its own. */
    default @Nullable ObjectRange range() {
        return null;
    }

    /** 0..127, one for the whole read. */
    int rank();

    /** On the injected nano clock. */
    long deadlineNanos();
}
