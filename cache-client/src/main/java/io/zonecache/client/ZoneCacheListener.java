package io.zonecache.client;

import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneView;
import org.jspecify.annotations.Nullable;

/**
 * Observes a cache. Methods are called concurrently, on the cache's own threads; {@link #readEnded} also on the thread that calls {@code get} or
 * cancels its future, for reads that end there. They must be thread-safe and must not block. Anything that they throw, an {@link Error}
 * included, is logged once and counted ({@link ZoneCacheStats#observerFailures}), and the cache carries on.
 */
public interface ZoneCacheListener {

    /**
     * A read is over; called once for each, just before its future completes.
     *
     * @param key the chunk that was wanted
     * @param outcome how the read ended
     * @param nanos since it began
     * @param failure null for a hit; {@code CLOSED} for a read that its caller cancelled
     */
    default void readEnded(ChunkKey key, ReadOutcome outcome, long nanos, @Nullable CacheException failure) {}

    /**
     * From now on this client asks the node only now and then, to see whether it is back.
     *
     * @param node as the view has it
     * @param reason one word, such as {@code SLOW}
     */
    default void nodeSkipped(ZoneNode node, String reason) {}

    /**
     * The node has answered well, and is no longer skipped.
     *
     * @param node as the view has it
     */
    default void nodeRestored(ZoneNode node) {}

    /**
     * The client has learnt a newer view of the zone, or the first one.
     *
     * @param view as it is used from now on
     */
    default void viewChanged(ZoneView view) {}
}
