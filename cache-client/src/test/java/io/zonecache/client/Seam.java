package io.zonecache.client;

/** A call from the cache to something that may throw. */
enum Seam {
    TRACER,
    TRACEPARENT,
    SPAN_END,
    LISTENER,
    METER_REGISTERED,
    METER_USED,
    ORIGIN(true),
    ORIGIN_NAME,
    CODE,
    ENCODE,
    RECONSTRUCT,
    HASH,
    ALLOCATION,
    GET(true),
    SINK_WRITTEN,
    SINK_PROGRESSED,
    SINK_HEADER,
    PUT(true),
    REPORT(true),
    ACQUIRE_LEASE(true),
    END_LEASE(true),
    VIEW(true),
    PURGES(true),
    ANNOUNCE_EPOCH,
    TIMER,
    SEARCH_EXECUTOR,
    COMPUTE_EXECUTOR,
    COMPLETION_EXECUTOR;

    /** Whether the call returns a future, which may bring the failure. */
    final boolean hasFuture;

    Seam() {
        this(false);
    }

    Seam(boolean hasFuture) {
        this.hasFuture = hasFuture;
    }
}
