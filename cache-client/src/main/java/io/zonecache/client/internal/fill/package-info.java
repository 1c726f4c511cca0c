/**
 * A chunk out of the origin, and back into the zone. What a read takes after a certain miss:
 *
 * <ol>
 *   <li>a local permit, in turn: {@link io.zonecache.client.FillConfig} says how many and how long the queue is;
 *   <li>the chunk's fill lease, from the first node of its placement that answers, or somebody else's fill and a second look at
 *       the zone;
 *   <li>the origin, within the lease, verified before anybody sees it;
 *   <li>the caller has the chunk now;
 *   <li>its stripes go to all nodes of the placement, and the lease ends once enough are acknowledged.
 * </ol>
 *
 * Why it is so: docs/decisions/0009-fill.md.
 */
@NullMarked
package io.zonecache.client.internal.fill;

import org.jspecify.annotations.NullMarked;
