package io.zonecache.client.internal.fill;

import io.zonecache.client.internal.ResourceScope;
import io.zonecache.client.internal.lease.Activity;

/** Owns the scarce resources of one fill, its write-back included. Counts as activity until it is closed. Thread-safe. */
final class FillScope extends ResourceScope<FillScope.Resource> {

    /** In the order in which they are released. */
    enum Resource {
        /** The timer of a pause, of the checks of a node that is asked, or of a watch of the zone. */
        TIMER,
        /** The timer after which a slot that is not used for a fetch yet is released. */
        SLOT_TIMER,
        /** A wait for a limit or a fetch, which can be cancelled. */
        PENDING,
        /** A place among the bounded number of reads that wait. */
        WAITER,
        /** A slot of the client's origin limit. */
        SLOT,
        /** A permit of the origin reserve. */
        RESERVE_PERMIT,
        LEASE,
        /** Memory for the chunk and its stripes. */
        MEMORY
    }

    FillScope(Activity activity) {
        super(Resource.class, activity::end);
        activity.begin();
    }
}
