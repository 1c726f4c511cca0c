package io.zonecache.client.internal.node;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Measures how long requests have been left unanswered. Only time during which requests are in flight counts, so pauses between them are no
 * silence; short requests that end without an answer add up. Each request counts from its own {@link #sent} to its own end, so one that is taken
 * back leaves no trace. Pure: the caller supplies the time. Not thread-safe.
 */
final class NodeSilence {

    /** When each request was sent, oldest first. */
    private final Map<Object, Long> inFlight = new LinkedHashMap<>();

    /** Nothing before this time counts, except {@link #endedNanos}. */
    private long fromNanos;

    /** The silence of requests that have ended without an answer. */
    private long endedNanos;

    void sent(Object request, long nowNanos) {
        if (inFlight.isEmpty()) {
            fromNanos = nowNanos;
        }
        inFlight.putIfAbsent(request, nowNanos);
    }

    /** An answer or part of one has come, whatever it says. Requests in flight stay in flight. */
    void heard(long nowNanos) {
        fromNanos = nowNanos;
        endedNanos = 0;
    }

    /** The request has ended without an answer; has no effect if it is not in flight. */
    void unanswered(Object request, long nowNanos) {
        if (inFlight.containsKey(request)) {
            endedNanos = nanos(nowNanos);
            fromNanos = nowNanos;
            inFlight.remove(request);
        }
    }

    /** The request has ended, or waits to be sent again, which is neither an answer nor silence; has no effect if it is not in flight. */
    void takeBack(Object request) {
        inFlight.remove(request);
    }

    void takeBackAll() {
        inFlight.clear();
    }

    boolean isWaiting() {
        return !inFlight.isEmpty();
    }

    /** When the silence began, without the pauses; if nothing is in flight, as of the last answer or request that ended without one. */
    long sinceNanos() {
        return startNanos() - endedNanos;
    }

    long nanos(long nowNanos) {
        return isWaiting() ? nowNanos - sinceNanos() : endedNanos;
    }

    private long startNanos() {
        if (inFlight.isEmpty()) {
            return fromNanos;
        }
        long oldestNanos = inFlight.values().iterator().next();
        return oldestNanos - fromNanos > 0 ? oldestNanos : fromNanos;
    }
}
