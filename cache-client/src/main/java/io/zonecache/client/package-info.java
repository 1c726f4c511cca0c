/**
 * The library that workers embed: {@link io.zonecache.client.ZoneCache}, with its configuration, statistics, listener and tracer. Files over many
 * chunks are in {@code file}, stores below the zone in {@code origin}; everything else is {@code internal}. A read takes these steps, each in the
 * named package of {@code internal}:
 *
 * <ol>
 *   <li>{@code flight}: one request for each caller, which takes a slot and a deadline; requests for one chunk share one load;
 *   <li>{@code local}: the worker's own memory;
 *   <li>{@code view}: the newest view's placement names the chunk's nodes, {@code node} decides which of them to skip;
 *   <li>{@code read}: all n are asked through {@code transport}, the first k verified stripes win, {@code code} computes the late ones;
 *   <li>{@code fill}: after a certain miss, gets a lease, fetches from the {@code origin}, and writes the stripes to the zone.
 * </ol>
 *
 * All of them share {@code memory}; {@code observe} notifies listener, tracer and meters.
 */
@NullMarked
package io.zonecache.client;

import org.jspecify.annotations.NullMarked;
