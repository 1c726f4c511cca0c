/**
 * A chunk's fill lease as the client sees it: {@link io.zonecache.client.internal.lease.CoordinatorSearch} decides which node to ask for it next,
 * and {@link io.zonecache.client.internal.lease.FillLease} is one that was granted, until its node has been notified of its end.
 */
@NullMarked
package io.zonecache.client.internal.lease;

import org.jspecify.annotations.NullMarked;
