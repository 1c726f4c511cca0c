package io.zonecache.client.internal.flight;

import io.zonecache.client.origin.ObjectRange;
import io.zonecache.model.ChunkKey;
import org.jspecify.annotations.Nullable;

/**
 * Identifies what is to be loaded. A request that knows the range that a key stands for can get it from the origin, and one that doesn't can't, so
 * the two do not share a load.
 *
 * @param range the range of an object that the key stands for; null for a chunk of its own
 */
record LoadKey(ChunkKey key, @Nullable ObjectRange range) {}
