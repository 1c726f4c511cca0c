/**
 * Computes stripes.
 *
 * <ol>
 *   <li>{@link io.zonecache.client.internal.code.ErasureCodes} picks the {@link io.zonecache.client.internal.code.ErasureCode} of a view or a record;
 *   <li>{@link io.zonecache.client.internal.code.ChunkCodec} gives reads and writes access to it, to the hash and to memory;
 *   <li>{@link io.zonecache.client.internal.code.StripeEncoder} turns a chunk into the records to store;
 *   <li>a read calls {@link io.zonecache.client.internal.code.ErasureCode#reconstructData} when a data stripe is late or lost.
 * </ol>
 */
@NullMarked
package io.zonecache.client.internal.code;

import org.jspecify.annotations.NullMarked;
