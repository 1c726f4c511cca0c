package io.zonecache.client.internal.write;

import io.zonecache.client.internal.ResourceScope;
import io.zonecache.client.internal.lease.Activity;

/** Owns the scarce resources of one write. Counts as activity until it is closed. Thread-safe. */
final class WriteScope extends ResourceScope<WriteScope.Resource> {

    /** In the order in which they are released. */
    enum Resource {
        /** A wait for a limit, which can be cancelled. */
        PENDING,
        /** A place among the bounded number of calls in flight. */
        CALL,
        /** Memory for the stripes, and for the chunk if the write alone holds it. */
        MEMORY,
        /** Bytes on their way to nodes. */
        WRITES
    }

    WriteScope(Activity activity) {
        super(Resource.class, activity::end);
        activity.begin();
    }
}
