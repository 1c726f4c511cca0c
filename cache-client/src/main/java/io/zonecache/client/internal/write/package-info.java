/**
 * Stripes on their way into the zone. {@link io.zonecache.client.internal.write.ChunkWriter} is the entry point. What a write takes:
 *
 * <ol>
 *   <li>memory for the chunk's stripes, which a fill brings along;
 *   <li>a place among the bounded bytes on their way to nodes;
 *   <li>its stripes, encoded, and assigned to the nodes of the chunk's placement;
 *   <li>a PUT to each node at once, retried as far as its kind of write allows.
 * </ol>
 *
 * Four kinds of writes take these steps: {@link io.zonecache.client.internal.write.WriteBack} stores what a fill has fetched,
 * {@link io.zonecache.client.internal.write.Primer} what a chunk's owner brings, {@link io.zonecache.client.internal.write.Repairer} what reads
 * found missing, and {@link io.zonecache.client.internal.write.ChunkCompleter} what this client's own writes left out, which brings those chunks to
 * all n stripes. {@link io.zonecache.client.internal.write.StripeWriter} sends for all of them. Nothing here asks for leases or the origin.
 */
@NullMarked
package io.zonecache.client.internal.write;

import org.jspecify.annotations.NullMarked;
