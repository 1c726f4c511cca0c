package io.zonecache.client;

import io.zonecache.client.internal.Futures;
import java.util.Locale;
import java.util.concurrent.CancellationException;

/** How a read ended. */
public enum ReadOutcome {
    /** From the worker's own memory. */
    LOCAL,
    /** From the zone's nodes. */
    ZONE,
    /** It cost, or shared, an origin fetch. */
    ORIGIN,
    /** Neither zone nor origin has the chunk, or it was purged. */
    ABSENT,
    /** Turned away by a limit. */
    REFUSED,
    /** With any other error. */
    FAILED,
    /** Its caller gave it up. */
    CANCELLED;

    /** As a metric's tag has it. */
    String tag() {
        return name().toLowerCase(Locale.ROOT);
    }

    static ReadOutcome of(Throwable failure) {
        if (failure instanceof CancellationException) {
            return CANCELLED;
        }
        return switch (Futures.asCacheException(failure).code()) {
            case NOT_FOUND, ABSENT, PURGED -> ABSENT;
            case ORIGIN_LIMIT, RATE_LIMITED, BUSY -> REFUSED;
            default -> FAILED;
        };
    }
}
