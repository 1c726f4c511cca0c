package io.zonecache.client.internal.write;

import io.zonecache.client.internal.ResourceScope;
import io.zonecache.client.internal.lease.Activity;

/** Everything scarce that one write holds. Counts as activity until it is closed. Thread-safe. */
final class WriteScope extends ResourceScope<WriteScope.Resource> {

    /** In the order in which they are released. */
    enum Resource {
        /** A wait for a limit, which can be cancelled. */
        PENDING,
        /** A place among the bounded number of calls under way. */
        CALL,
        /** For the stripes, and the chunk where the write has it for itself. */
        MEMORY,
        /** Bytes on their way to nodes. */
        WRITES
    }

    WriteScope(Activity activity) {
        super(Resource.class, activity::end);
        activity.begin();
    }
}
