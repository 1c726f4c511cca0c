package io.zonecache.client;

import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneView;
import org.jspecify.annotations.Nullable;

/** Hears what happens in a cache. Called on its threads, so nothing here may block; what is thrown is logged once and forgotten. */
public interface ZoneCacheListener {

    /**
     * A read is over; called once for each, just before its future completes.
     *
     * @param nanos since it began
     * @param failure null for a hit
     */
    default void readEnded(ChunkKey key, ReadOutcome outcome, long nanos, @Nullable CacheException failure) {}

    /**
     * From now on this client asks the node only now and then, to see whether it is back.
     *
     * @param reason one word, such as {@code SLOW}
     */
    default void nodeSkipped(ZoneNode node, String reason) {}

    /** The node has answered well, and is asked again. */
    default void nodeAskedAgain(ZoneNode node) {}

    /** A newer view of the zone, or the first one. */
    default void viewChanged(ZoneView view) {}
}
