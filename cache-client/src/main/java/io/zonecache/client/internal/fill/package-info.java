/**
 * Fetches a chunk from the origin and writes it to the zone. The steps of a read after a miss:
 *
 * <ol>
 *   <li>a slot of the client's own origin limit;
 *   <li>the chunk's fill lease, from the first node of its placement that answers, or somebody else's fill and another look at
 *       the zone;
 *   <li>the origin, within the lease, verified before anybody sees it;
 *   <li>its stripes on their way to all nodes of the placement ({@link io.zonecache.client.internal.write}), the lease to end once
 *       enough are acknowledged;
 *   <li>and then the caller has the chunk.
 * </ol>
 *
 * Where no node grants a lease, the read waits for a permit of the origin reserve, or until nodes answer again ({@link
 * io.zonecache.client.internal.fill.ReserveWait}).
 *
 * <p>{@link io.zonecache.client.internal.fill.FillState} decides what comes next,
 * {@link io.zonecache.client.internal.fill.FillOperation} does it, and a {@link io.zonecache.client.internal.fill.FillScope} owns what
 * that takes. Why it is so: docs/decisions/0009-fill.md.
 */
@NullMarked
package io.zonecache.client.internal.fill;

import org.jspecify.annotations.NullMarked;
