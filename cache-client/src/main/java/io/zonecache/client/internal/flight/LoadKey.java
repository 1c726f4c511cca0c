package io.zonecache.client.internal.flight;

import io.zonecache.client.origin.ObjectRange;
import io.zonecache.model.ChunkKey;
import org.jspecify.annotations.Nullable;

/**
 * What is to be loaded. Who knows the range that a key stands for can have it from the origin, and who does not can't: so they do not
 * share a load.
 *
 * @param range the range of an object that the key stands for; null for a chunk of its own
 */
record LoadKey(ChunkKey key, @Nullable ObjectRange range) {}
