package io.zonecache.client;

import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneView;
import org.jspecify.annotations.Nullable;

/**
 * Observes a cache. Methods are called concurrently, on the cache's own threads; {@link #readEnded} also on the thread that calls {@code get} or
 * cancels its future, for reads that end there. They must be thread-safe and must not block. Anything that they throw, even an {@link Error}, is
 * logged once and counted ({@link ZoneCacheStats#observerFailures}), and the cache continues.
 */
public interface ZoneCacheListener {

    /**
     * A read is over; called once for each, just before its future completes.
     *
     * @param key the requested chunk
     * @param outcome how the read ended
     * @param nanos time since it began
     * @param failure null for a hit; {@code CLOSED} for a read that its caller cancelled
     */
    default void readEnded(ChunkKey key, ReadOutcome outcome, long nanos, @Nullable CacheException failure) {}

    /**
     * From now on this client only probes the node occasionally, to find out whether it is back.
     *
     * @param node as described in the view
     * @param reason one word, such as {@code SLOW}
     */
    default void nodeSkipped(ZoneNode node, String reason) {}

    /**
     * The node has answered well, and is no longer skipped.
     *
     * @param node as described in the view
     */
    default void nodeRestored(ZoneNode node) {}

    /**
     * The client has learnt a newer view of the zone, or the first one.
     *
     * @param view the view that is used from now on
     */
    default void viewChanged(ZoneView view) {}
}
