/**
 * The words that node and client share, and nothing else: no I/O, no dependency.
 *
 * <p>In the order in which a read meets them:
 *
 * <ol>
 *   <li>{@link io.zonecache.model.ChunkKey} names the chunk;
 *   <li>{@link io.zonecache.model.ZoneView} says who serves the zone ({@link io.zonecache.model.ViewJson} is its wire form);
 *   <li>{@link io.zonecache.model.Placement} turns key and view into the nodes to ask;
 *   <li>{@link io.zonecache.model.Protocol} names paths and headers of the question;
 *   <li>{@link io.zonecache.model.StripeRecord} is the answer's bytes, {@link io.zonecache.model.CacheErrorCode} its failure.
 * </ol>
 *
 * The byte formats are fixed in docs/formats.md; golden vectors in this module's tests hold them.
 */
@NullMarked
package io.zonecache.model;

import org.jspecify.annotations.NullMarked;
