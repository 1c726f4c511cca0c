/**
 * A chunk's fill lease as the client sees it: {@link io.zonecache.client.internal.lease.CoordinatorSearch} says which node to ask next for it, and
 * {@link io.zonecache.client.internal.lease.FillLease} is one that was granted, until its node has been notified of its end.
 */
@NullMarked
package io.zonecache.client.internal.lease;

import org.jspecify.annotations.NullMarked;
