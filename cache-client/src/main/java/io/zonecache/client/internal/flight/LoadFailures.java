package io.zonecache.client.internal.flight;

import io.zonecache.client.origin.OriginRefusedException;
import io.zonecache.model.CacheException;

/**
 * Decides which waiters get the failure of a shared load. Some failures concern the chunk, its origin or the cache as a whole: every waiter would
 * get the same answer. Others only mean that the load ran out of time or retries, or was rejected by a limit or a queue. Those go to the waiters
 * that were there when the load began, and not to later ones, which have not had their full time yet.
 */
final class LoadFailures {

    /** The waiters that get a failure. */
    enum Audience {
        /** All waiters. */
        EVERYBODY,
        /** Those that have waited from the beginning of the load. */
        FIRST_WAITERS,
        /** Those, and all waiters whose deadline is no later than the load's was at its beginning: it may have failed for lack of time. */
        WITHIN_FIRST_DEADLINE
    }

    private LoadFailures() {}

    static Audience audienceOf(CacheException failure) {
        return switch (failure.code()) {
            // Time.
            case DEADLINE_EXCEEDED, REQUEST_TIMEOUT -> Audience.FIRST_WAITERS;
            // Retries: too few nodes answered, or none that would serve the client's view.
            case ZONE_UNCERTAIN, NOT_COORDINATOR, DRAINING -> Audience.FIRST_WAITERS;
            // A place in a queue, a permit or a lease.
            case BUSY, ORIGIN_LIMIT, RATE_LIMITED, FILLING -> Audience.FIRST_WAITERS;
            // The origin's answer, unless it was cut short by the load's deadline.
            case ORIGIN_FAILED ->
                failure instanceof OriginRefusedException ? Audience.EVERYBODY : Audience.WITHIN_FIRST_DEADLINE;
            // The chunk, the request, or the cache as a whole.
            case ABSENT,
                    NOT_FOUND,
                    NO_SUCH_RESOURCE,
                    PURGED,
                    TOO_LARGE,
                    BAD_KEY,
                    BAD_RECORD,
                    BAD_REQUEST,
                    KEY_MISMATCH,
                    CHECKSUM_MISMATCH,
                    UNAUTHENTICATED,
                    FORBIDDEN,
                    METHOD_NOT_ALLOWED,
                    STORAGE_FULL,
                    INTERNAL,
                    CLOSED -> Audience.EVERYBODY;
        };
    }
}
