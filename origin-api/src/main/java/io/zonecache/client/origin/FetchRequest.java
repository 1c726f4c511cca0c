package io.zonecache.client.origin;

import static java.util.Objects.requireNonNull;

import io.zonecache.model.ChunkKey;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks its origin for: a chunk that is stored by its key, or a range of an object. Immutable.
 *
 * @param key the chunk's key; for a range, the one that stands for it
 * @param range null for a chunk that is stored by its key
 * @param timeouts how long the fetch may take; it is aborted then
 * @param reservation asked before memory is allocated for the bytes, if their number is known by then; the fetch fails as it does
 */
public record FetchRequest(
        ChunkKey key, @Nullable ObjectRange range, FetchTimeouts timeouts, BufferReservation reservation) {

    /** @throws NullPointerException with the component's name; only the range may be null */
    public FetchRequest {
        requireNonNull(key, "key");
        requireNonNull(timeouts, "timeouts");
        requireNonNull(reservation, "reservation");
    }

    /** For a chunk that is stored by its key, with any number of bytes. */
    public static FetchRequest ofChunk(ChunkKey key, FetchTimeouts timeouts) {
        return new FetchRequest(key, null, timeouts, BufferReservation.UNBOUNDED);
    }

    /** For a range of an object. */
    public static FetchRequest ofRange(ObjectRange range, FetchTimeouts timeouts) {
        return new FetchRequest(range.key(), range, timeouts, BufferReservation.UNBOUNDED);
    }

    /** The same with a reservation. */
    public FetchRequest withReservation(BufferReservation newReservation) {
        return new FetchRequest(key, range, timeouts, newReservation);
    }

    /** What is asked for, in messages: {@code chunk KEY}, or the range. */
    public String target() {
        return range == null ? "chunk " + key : range.toString();
    }
}
