package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.time.Timeouts.nanos;

import io.zonecache.model.CacheException;
import java.util.function.BooleanSupplier;

/**
 * Decides which failed fetches of one read are retried: those whose failure may be transient, while the read has time left and the client's retry
 * budget allows. All retries are paid from that one budget, so that a failing origin sees no more than a fixed share of extra load.
 *
 * <p>Pure; not thread-safe.
 */
final class FillRetries {

    /** How long nodes leave a chunk alone after its first failed fill. */
    static final long FAILED_PAUSE_MILLIS = 1_000;

    /** After a failure, retries end this long before the deadline, so that the caller gets the cause and not a timeout. */
    private static final long REPORT_MILLIS = 100;

    private final BooleanSupplier budget;
    private boolean hasFailed;

    /** Whether a retry has been paid for since the last fetch, this read's own or one that it waited for. */
    private boolean isPaid;

    /** @param budget takes one retry out of the client's budget, if there is one */
    FillRetries(BooleanSupplier budget) {
        this.budget = budget;
    }

    /** The origin is asked now: another attempt will have to be paid for. */
    void fetchBegins() {
        isPaid = false;
    }

    /** A fetch has failed, or its permit was not granted. */
    void fetchFailed() {
        hasFailed = true;
    }

    boolean hasFailed() {
        return hasFailed;
    }

    /** Time reserved before the deadline, so that a failure can be reported. */
    long reportNanos() {
        return hasFailed ? nanos(REPORT_MILLIS) : 0;
    }

    /**
     * Whether the fetch that has failed is retried after {@link #FAILED_PAUSE_MILLIS}; if so, pays for that.
     *
     * @param wasAsked whether the origin was asked
     */
    boolean tryFetchAgain(CacheException failure, boolean wasAsked, long leftNanos) {
        return wasAsked && OriginFetcher.isRetryable(failure) && tryWait(FAILED_PAUSE_MILLIS, leftNanos);
    }

    /** Whether the read may wait this long and then try again; if so, pays for that. */
    boolean tryWait(long pauseMillis, long leftNanos) {
        if (nanos(pauseMillis) >= leftNanos) {
            return false;
        }
        isPaid = isPaid || budget.getAsBoolean();
        return isPaid;
    }
}
