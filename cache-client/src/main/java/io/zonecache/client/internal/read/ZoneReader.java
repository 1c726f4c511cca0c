package io.zonecache.client.internal.read;

import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.model.ZoneNode;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Reads a chunk from the zone's nodes: over-request, first k verified stripes win. */
public interface ZoneReader {

    /**
     * One read of the zone, within the deadline. The future fails with {@code ZONE_UNCERTAIN} (too few answers to tell a hit from a
     * miss), {@code PURGED}, {@code DEADLINE_EXCEEDED}, {@code BUSY} (too many wait),
     * {@code TOO_LARGE} (more than the client's memory allows) or {@code CLOSED}; a miss is a result.
     *
     * @param read carries what is the same in all of its rounds: rank, deadline. It holds no memory between them
     */
    CompletableFuture<ZoneRead> read(ChunkRead read);

    /**
     * Asks each of these nodes once for the chunk, whatever is known of them, and remembers whether they answer. Their stripes are not read.
     * Completes within seconds, never exceptionally, with those that have answered, whatever they said.
     */
    CompletableFuture<List<ZoneNode>> probe(ChunkRead read, List<ZoneNode> nodes);

    /**
     * Creates a read that has not begun.
     *
     * @param traceparent sent to nodes, if any
     */
    ChunkRead begin(ChunkName name, @Nullable String traceparent, long deadlineNanos);
}
