/**
 * What workers embed: {@link io.zonecache.client.ZoneCache}. A read takes these steps, each in the package named:
 *
 * <ol>
 *   <li>{@code local}: the worker's own memory;
 *   <li>{@code flight}: reads of one key share one flight;
 *   <li>{@code view}: the newest view's placement names the chunk's nodes, {@code node} says which of them to skip;
 *   <li>{@code read}: all n are asked through {@code transport}, the first k verified stripes win, {@code code} fills in what is late;
 *   <li>{@code fill}: after a certain miss, a lease, the {@code origin}, and the stripes back into the zone.
 * </ol>
 *
 * All of them share {@code memory}. On top of it, {@code file} has channels and streams over many chunks.
 */
@NullMarked
package io.zonecache.client;

import org.jspecify.annotations.NullMarked;
