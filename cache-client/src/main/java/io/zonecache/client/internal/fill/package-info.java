/**
 * Fetches a chunk from the origin and writes it to the zone. The steps of a read after a miss:
 *
 * <ol>
 *   <li>a slot of the client's own origin limit;
 *   <li>the chunk's fill lease, from the first node of its placement that answers, or another client's fill and another read of the zone;
 *   <li>the origin, within the lease, the chunk being verified before any caller gets it;
 *   <li>its stripes, which begin to be sent to all nodes of the placement ({@link io.zonecache.client.internal.write});
 *   <li>the caller gets the chunk, without a wait for the nodes; the lease ends once enough of them have acknowledged.
 * </ol>
 *
 * If no node grants a lease, the read waits for a permit of the origin reserve, or until nodes answer again
 * ({@link io.zonecache.client.internal.fill.ReserveWait}).
 *
 * <p>{@link io.zonecache.client.internal.fill.FillState} decides the next step, {@link io.zonecache.client.internal.fill.FillOperation} performs
 * it, and a {@link io.zonecache.client.internal.fill.FillScope} owns the resources. Rationale: docs/decisions/0009-fill.md.
 */
@NullMarked
package io.zonecache.client.internal.fill;

import org.jspecify.annotations.NullMarked;
