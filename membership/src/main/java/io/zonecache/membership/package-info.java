/**
 * Who is in the zone.
 *
 * <ol>
 *   <li>A node starts its {@link io.zonecache.membership.Membership} and reads back the last view and the highest epoch that it knew.
 *   <li>It finds the others ({@link io.zonecache.membership.Discovery}) and shows them its sealed member card.
 *   <li>Every member works out from the same facts who is admitted, who is refused and who publishes.
 *   <li>The publisher compares those present with the last view and publishes the next one where the rules ask for it.
 *   <li>Every member keeps a newer view on disk, then hands it to the node's listeners; clients fetch it over the data plane.
 * </ol>
 */
@NullMarked
package io.zonecache.membership;

import org.jspecify.annotations.NullMarked;
