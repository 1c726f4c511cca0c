/**
 * What bounds a client's work: queues whose waiters have deadlines, budgets of tokens, and the limits of origin fetches that are built on them.
 *
 * <ul>
 *   <li>{@link io.zonecache.client.internal.limit.ResourceQueue}: an amount shared by callers, first come, first served;
 *   <li>{@link io.zonecache.model.limit.TokenBucket}: extra work as a share of good work;
 *   <li>{@link io.zonecache.client.internal.limit.OriginLimit}: origin fetches under leases, and how many leases are requested at once;
 *   <li>{@link io.zonecache.client.internal.limit.ReserveLimit}: origin fetches without a lease;
 *   <li>{@link io.zonecache.client.internal.limit.FetchTimes}: how long a fetch takes, and so until when one is worth starting.
 * </ul>
 *
 * Nothing here knows chunks, nodes or the transport. Everything is safe for concurrent use and never blocks.
 */
@NullMarked
package io.zonecache.client.internal.limit;

import org.jspecify.annotations.NullMarked;
