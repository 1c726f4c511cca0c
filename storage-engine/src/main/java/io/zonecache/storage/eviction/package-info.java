/**
 * What stays and what goes. Pure: slots instead of keys, time handed in, no thread.
 *
 * <ol>
 *   <li>An {@link io.zonecache.storage.eviction.EvictionPolicy} turns references into a rank for each slot: LRU-k, LRU or FIFO;
 *   <li>a {@link io.zonecache.storage.eviction.ResidentQueue} finds the lowest rank among what one tier holds;
 *   <li>{@link io.zonecache.storage.eviction.Residency} puts both together for a whole cache, with the bounded history of what was
 *       evicted.
 * </ol>
 */
@NullMarked
package io.zonecache.storage.eviction;

import org.jspecify.annotations.NullMarked;
