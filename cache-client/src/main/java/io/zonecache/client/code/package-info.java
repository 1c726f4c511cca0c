/**
 * How stripes are computed.
 *
 * <ol>
 *   <li>{@link io.zonecache.client.code.ErasureCodes} picks the {@link io.zonecache.client.code.ErasureCode} of a view or a record;
 *   <li>{@link io.zonecache.client.code.StripeEncoder} turns a chunk into the records to store;
 *   <li>a read calls {@link io.zonecache.client.code.ErasureCode#reconstructData} when a data stripe is late or lost.
 * </ol>
 */
@NullMarked
package io.zonecache.client.code;

import org.jspecify.annotations.NullMarked;
