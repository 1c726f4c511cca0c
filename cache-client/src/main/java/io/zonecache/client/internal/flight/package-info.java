/**
 * Callers' reads, and the loads that they share. In the order of a read:
 *
 * <ol>
 *   <li>{@link io.zonecache.client.internal.flight.ChunkRequests} has all requests in flight, and what they share;
 *   <li>{@link io.zonecache.client.internal.flight.ChunkRequest} is one caller's: local cache, slot, timer, span, and its end;
 *   <li>{@link io.zonecache.client.internal.flight.Flights} has a flight for each chunk that is being loaded;
 *   <li>{@link io.zonecache.client.internal.flight.Flight} is one of them, with the requests that wait for it;
 *   <li>{@link io.zonecache.client.internal.flight.ChunkLoader} loads: from the zone, else by a fill.
 * </ol>
 */
@NullMarked
package io.zonecache.client.internal.flight;

import org.jspecify.annotations.NullMarked;
