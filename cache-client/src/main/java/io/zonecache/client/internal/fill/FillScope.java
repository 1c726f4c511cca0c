package io.zonecache.client.internal.fill;

import io.zonecache.client.internal.lease.Activity;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything scarce that one fill or write holds, at most one of each kind. Closing releases all of it, and what comes later is released
 * at once; so a path that ends early leaks nothing, whatever was under way for it. Counts as activity until it is closed. Thread-safe.
 */
final class FillScope implements AutoCloseable {

    /** In the order in which they are released. */
    enum Resource {
        /** Of a pause, or of looks at a node that is asked. */
        TIMER,
        /** Ends the use of a slot for questions. */
        SLOT_TIMER,
        /** A turn, or a fetch, that is waited for and can be cancelled. */
        PENDING,
        /** A place among the bounded number of reads that wait. */
        WAITER,
        /** Of the client's origin limit. */
        SLOT,
        /** In the origin reserve. */
        TURN,
        LEASE,
        /** For the chunk and its stripes. */
        MEMORY,
        /** Bytes on their way to nodes. */
        WRITES
    }

    private final Activity activity;
    private final Map<Resource, Runnable> held = new EnumMap<>(Resource.class);
    private boolean isClosed;

    FillScope(Activity activity) {
        this.activity = activity;
        activity.begin();
    }

    /** Takes over a resource; what there was of its kind is released, and the new one too if the scope is closed. */
    void own(Resource kind, Runnable release) {
        Runnable released;
        synchronized (this) {
            released = isClosed ? release : held.put(kind, release);
        }
        run(released);
    }

    /** Does nothing if there is none of that kind. */
    void release(Resource kind) {
        Runnable released;
        synchronized (this) {
            released = held.remove(kind);
        }
        run(released);
    }

    synchronized boolean has(Resource kind) {
        return held.containsKey(kind);
    }

    private static void run(@Nullable Runnable release) {
        if (release != null) {
            release.run();
        }
    }

    /** Idempotent. A release that throws keeps no other from being made; the first such failure is thrown in the end. */
    @Override
    public void close() {
        List<Runnable> releases;
        synchronized (this) {
            if (isClosed) {
                return;
            }
            isClosed = true;
            releases = new ArrayList<>(held.values());
            held.clear();
        }
        releases.add(activity::end);
        releaseFrom(releases, 0);
    }

    private static void releaseFrom(List<Runnable> releases, int first) {
        if (first < releases.size()) {
            try {
                releases.get(first).run();
            } finally {
                releaseFrom(releases, first + 1);
            }
        }
    }
}
