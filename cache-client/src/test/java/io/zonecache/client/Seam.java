package io.zonecache.client;

/** A call from the cache to something that may throw. */
enum Seam {
    TRACER,
    TRACEPARENT,
    SPAN_END,
    LISTENER,
    METER_REGISTERED,
    METER_USED,
    ORIGIN(true, false),
    ORIGIN_NAME,
    CODE,
    ENCODE,
    RECONSTRUCT,
    HASH,
    ALLOCATION,
    GET(true, false),
    SINK_WRITTEN,
    SINK_PROGRESSED,
    SINK_HEADER,
    PUT(true, false),
    REPORT(true, false),
    ACQUIRE_LEASE(true, false),
    END_LEASE(true, false),
    VIEW(true, false),
    PURGES(true, false),
    ANNOUNCE_EPOCH,
    TIMER(false, true),
    SEARCH_EXECUTOR(false, true),
    COMPUTE_EXECUTOR(false, true),
    COMPLETION_EXECUTOR(false, true);

    /** Whether the call returns a future, which may bring the failure. */
    final boolean hasFuture;

    /** Whether the call may be rejected. */
    final boolean isExecutor;

    Seam() {
        this(false, false);
    }

    Seam(boolean hasFuture, boolean isExecutor) {
        this.hasFuture = hasFuture;
        this.isExecutor = isExecutor;
    }
}
