package io.zonecache.client.internal.fill;

import io.zonecache.client.internal.ResourceScope;
import io.zonecache.client.internal.lease.Activity;

/** Everything scarce that one fill holds, its write-back included. Counts as activity until it is closed. Thread-safe. */
final class FillScope extends ResourceScope<FillScope.Resource> {

    /** In the order in which they are released. */
    enum Resource {
        /** Of a pause, of checks of a node that is asked, or of a watch of the zone. */
        TIMER,
        /** Ends the use of a slot for questions. */
        SLOT_TIMER,
        /** A wait for a limit or a fetch, which can be cancelled. */
        PENDING,
        /** A place among the bounded number of reads that wait. */
        WAITER,
        /** Of the client's origin limit. */
        SLOT,
        /** In the origin reserve. */
        RESERVE_PERMIT,
        LEASE,
        /** For the chunk and its stripes. */
        MEMORY
    }

    FillScope(Activity activity) {
        super(Resource.class, activity::end);
        activity.begin();
    }
}
