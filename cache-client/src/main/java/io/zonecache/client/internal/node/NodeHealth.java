package io.zonecache.client.internal.node;

/**
 * The health of one node as this client experiences it: the node is asked, or skipped until a probe is answered.
 *
 * <p>A node is skipped after three consecutive errors, or after 500 ms without an answer while requests are in flight; membership would take
 * many seconds longer. Silence is checked before a request is sent and when one times out. A node is also skipped when more than half of its
 * recent answers were slow compared with other nodes, or contained corrupt stripes that a read used (six in a row). A skipped node may be
 * probed by one request after 250 ms, then after intervals that double up to 5 s. Any answer, even a late one, ends the skip at once; part of an
 * answer is enough if the node was silent, and the answer must not be slow if the node was slow. A node that becomes slow or corrupt again
 * within 10 s is probed less often.
 *
 * <p>Pure: the caller supplies the time. Not thread-safe.
 */
final class NodeHealth {

    static final int MAX_ERRORS = 3;
    static final long SILENCE_NANOS = 500_000_000L;
    static final long FIRST_PROBE_NANOS = 250_000_000L;
    static final long MAX_PROBE_NANOS = 5_000_000_000L;

    /** Weight of the newest latency in the score: about the last 16 answers count. */
    private static final double SCORE_WEIGHT = 1.0 / 16;

    /** Weight of the newest answer in the shares of slow and of corrupt ones. */
    private static final double SHARE_WEIGHT = 1.0 / 8;

    private static final double MAX_SHARE = 0.5;

    /** The share of corrupt answers that a node starts again with after it was skipped for it. */
    private static final double SHARE_AFTER_CORRUPTION = 0.25;

    private static final long RELAPSE_NANOS = 10_000_000_000L;

    /** Why a node is skipped; doubts in the order in which {@link NodeTracker} gives them up, the mildest first. */
    enum SkipReason {
        NONE,
        /** It answers, but late. */
        SLOW,
        /** It sends corrupt stripes. */
        CORRUPT,
        SILENCE,
        ERRORS,
        /** The view marks it as down. */
        DOWN;

        /** The node may well hold what it is asked for, so no more than m nodes of a placement may be skipped for such a reason. */
        boolean isDoubt() {
            return this == SLOW || this == CORRUPT || this == SILENCE;
        }
    }

    private SkipReason skipReason = SkipReason.NONE;
    private int errors;

    /** Ended by answers to requests for stripes. */
    private final NodeSilence silence = new NodeSilence();

    /** Ended by answers to any request. */
    private final NodeSilence totalSilence = new NodeSilence();

    private long probeAtNanos;
    private long probeAfterNanos;
    private double scoreNanos;
    private double slowShare;
    private double corruptShare;
    private long backAtNanos;

    SkipReason skipReason() {
        return skipReason;
    }

    /** Weighted mean of latencies; 0 before the first answer. */
    long scoreNanos() {
        return (long) scoreNanos;
    }

    long silentSinceNanos() {
        return silence.sinceNanos();
    }

    /** How long requests for stripes have been unanswered, pauses between them not counted. */
    long silentNanos(long nowNanos) {
        return silence.nanos(nowNanos);
    }

    /** The same since the last answer to any request. */
    long totalSilentNanos(long nowNanos) {
        return totalSilence.nanos(nowNanos);
    }

    /**
     * Skips the node if it has been silent for too long.
     *
     * @param othersHeardNanos when any node answered last: if none has since this one fell silent, the problem is the client's own
     */
    void checkSilence(long nowNanos, long othersHeardNanos) {
        if (skipReason == SkipReason.NONE
                && silence.isWaiting()
                && silence.nanos(nowNanos) >= SILENCE_NANOS
                && othersHeardNanos - silence.sinceNanos() > 0) {
            skip(SkipReason.SILENCE, nowNanos);
        }
    }

    /** Whether a skipped node may be probed now; if so, the next probe is due later. */
    boolean takeProbe(long nowNanos) {
        if (skipReason == SkipReason.NONE || nowNanos - probeAtNanos < 0) {
            return false;
        }
        probeAfterNanos = Math.min(2 * probeAfterNanos, MAX_PROBE_NANOS);
        probeAtNanos = nowNanos + probeAfterNanos;
        return true;
    }

    void requestSent(Object request, long nowNanos) {
        silence.sent(request, nowNanos);
        totalSilence.sent(request, nowNanos);
    }

    /** The request is not in flight any more; what that shows about the node, if anything, is reported through the other methods. */
    void takeBack(Object request) {
        silence.takeBack(request);
        totalSilence.takeBack(request);
    }

    /**
     * The node has answered, whatever it said.
     *
     * @param isSlow compared with all nodes
     */
    void answered(long nowNanos, long latencyNanos, boolean isSlow) {
        heard(nowNanos);
        errors = 0;
        scoreNanos += scoreNanos == 0 ? latencyNanos : (latencyNanos - scoreNanos) * SCORE_WEIGHT;
        slowShare += ((isSlow ? 1 : 0) - slowShare) * SHARE_WEIGHT;
        if (skipReason != SkipReason.NONE && !(skipReason == SkipReason.SLOW && isSlow)) {
            slowShare = skipReason == SkipReason.SLOW ? 0 : slowShare;
            corruptShare = skipReason == SkipReason.CORRUPT ? SHARE_AFTER_CORRUPTION : corruptShare;
            skipReason = SkipReason.NONE;
            backAtNanos = nowNanos;
        }
        if (skipReason == SkipReason.NONE && slowShare > MAX_SHARE) {
            skip(SkipReason.SLOW, nowNanos);
        }
    }

    /** Part of an answer has come: the node is not silent. Only the whole answer shows whether it is slow or correct. */
    void answerProgressed(long nowNanos) {
        heard(nowNanos);
        if (skipReason == SkipReason.SILENCE) {
            skipReason = SkipReason.NONE;
            backAtNanos = nowNanos;
        }
    }

    /** A stripe of the node turned out valid; one that comes too late to be used counts neither way. */
    void validStripe() {
        corruptShare -= corruptShare * SHARE_WEIGHT;
    }

    /** A stripe of the node turned out corrupt. */
    void corruptStripe(long nowNanos) {
        corruptShare += (1 - corruptShare) * SHARE_WEIGHT;
        if (skipReason == SkipReason.NONE && corruptShare > MAX_SHARE) {
            skip(SkipReason.CORRUPT, nowNanos);
        }
    }

    /** A request was refused, cut off, or answered with something that is not a valid answer. */
    void failed(long nowNanos) {
        heard(nowNanos);
        errors++;
        if (errors >= MAX_ERRORS && (skipReason == SkipReason.NONE || skipReason.isDoubt())) {
            if (skipReason == SkipReason.NONE) {
                skip(SkipReason.ERRORS, nowNanos);
            }
            skipReason = SkipReason.ERRORS;
        }
    }

    /** The node has answered a request for something other than stripes: it is there, but may still leave requests for stripes unanswered. */
    void answeredOther(long nowNanos) {
        totalSilence.heard(nowNanos);
    }

    /** A request ended without an answer. */
    void timedOut(Object request, long nowNanos, long othersHeardNanos) {
        checkSilence(nowNanos, othersHeardNanos);
        silence.unanswered(request, nowNanos);
        totalSilence.unanswered(request, nowNanos);
    }

    /** The view marks the node as down; a probe will show when it is back. */
    void down(long nowNanos) {
        if (skipReason == SkipReason.NONE) {
            skip(SkipReason.DOWN, nowNanos);
        }
        skipReason = SkipReason.DOWN;
    }

    private void heard(long nowNanos) {
        silence.heard(nowNanos);
        totalSilence.heard(nowNanos);
    }

    private void skip(SkipReason why, long nowNanos) {
        boolean isRelapse = (why == SkipReason.SLOW || why == SkipReason.CORRUPT)
                && probeAfterNanos > 0
                && nowNanos - backAtNanos < RELAPSE_NANOS;
        skipReason = why;
        probeAfterNanos = isRelapse ? Math.min(2 * probeAfterNanos, MAX_PROBE_NANOS) : FIRST_PROBE_NANOS;
        probeAtNanos = nowNanos + probeAfterNanos;
    }
}
