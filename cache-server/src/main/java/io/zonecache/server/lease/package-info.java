/**
 * Origin protection on the node's side: who may fetch a chunk from the origin, and when.
 *
 * <ol>
 *   <li>A client that missed in the zone asks the chunk's first reachable node for a fill lease ({@link LeaseService}).
 *   <li>What is known already is answered at once: filled a moment ago, absent, failing, not this node's chunk.
 *   <li>Otherwise the client gets the lease, or waits for the fill of another or for a slot ({@link LeaseTable}), within the
 *       node's share of the zone's origin budget ({@code OriginShare}).
 *   <li>The holder fetches, writes the stripes back and ends the lease with a {@link io.zonecache.model.LeaseOutcome}; all who wait for the chunk
 *       are answered. A lease that nobody ends expires, and the next waiter gets one.
 * </ol>
 *
 * docs/decisions/0007-origin-protection.md holds the reasoning.
 */
@NullMarked
package io.zonecache.server.lease;

import org.jspecify.annotations.NullMarked;
