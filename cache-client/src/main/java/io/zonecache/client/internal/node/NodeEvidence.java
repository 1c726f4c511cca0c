package io.zonecache.client.internal.node;

/**
 * One node as this client has experienced it: asked, or skipped until a probe gets an answer.
 *
 * <p>Three errors in a row, or 500 ms of silence while requests are under way, end the asking; a cluster's opinion comes many seconds
 * later. Silence is judged whenever somebody wants to ask, and when a request times out. So do answers of which more than half of late
 * are slow, as others measure it, or, of those that a read used, hold bad stripes: six in a row. While skipped, one request may go
 * as a probe after 250 ms, then after twice as long each time, up to 5 s. Any answer, a late one too, brings the node back at once, and
 * one that was silent by the first part of an answer,
 * but a slow node only one that is not slow; who is slow or sends corrupt stripes again within 10 s is probed less often. Pure: the caller brings the
 * time. Not thread-safe.
 */
final class NodeEvidence {

    static final int MAX_ERRORS = 3;
    static final long SILENCE_NANOS = 500_000_000L;
    static final long FIRST_PROBE_NANOS = 250_000_000L;
    static final long MAX_PROBE_NANOS = 5_000_000_000L;

    /** Weight of the newest latency in the score: about the last 16 answers count. */
    private static final double SCORE_WEIGHT = 1.0 / 16;

    /** Weight of the newest answer in the shares of slow and of bad ones. */
    private static final double SHARE_WEIGHT = 1.0 / 8;

    private static final double MAX_SHARE = 0.5;

    /** What a node that corrupt starts again with. */
    private static final double SHARE_AFTER_CORRUPTION = 0.25;

    private static final long RELAPSE_NANOS = 10_000_000_000L;

    /** Why a node is skipped. */
    enum Skip {
        NO,
        /** It answers, but late. */
        SLOW,
        /** It sends bad stripes. */
        CORRUPT,
        SILENCE,
        ERRORS,
        /** The view says so. */
        DOWN;

        /** The node may hold what it is asked for all the same, so no more than m of a placement may be skipped for it. */
        boolean isDoubt() {
            return this == SLOW || this == CORRUPT || this == SILENCE;
        }
    }

    private Skip skip = Skip.NO;
    private int errors;
    private final Silence silence = new Silence();
    private long probeAtNanos;
    private long probeAfterNanos;
    private double scoreNanos;
    private double slowShare;
    private double corruptShare;
    private long backAtNanos;

    Skip skip() {
        return skip;
    }

    /** Weighted mean of latencies; 0 before the first answer. */
    long scoreNanos() {
        return (long) scoreNanos;
    }

    long silentSinceNanos() {
        return silence.sinceNanos();
    }

    /** For how long requests have gone without a word from the node; pauses between them are no silence. */
    long silentNanos(long nowNanos) {
        return silence.nanos(nowNanos);
    }

    /**
     * Draws conclusions from silence.
     *
     * @param othersHeardNanos when any node at all was heard last: if none was since this one fell silent, the trouble is the
     *     client's own
     */
    void judge(long nowNanos, long othersHeardNanos) {
        if (skip == Skip.NO
                && silence.isWaiting()
                && silence.nanos(nowNanos) >= SILENCE_NANOS
                && othersHeardNanos - silence.sinceNanos() > 0) {
            skip(Skip.SILENCE, nowNanos);
        }
    }

    /** Whether a skipped node may be probed now; asking for it takes the probe. */
    boolean takeProbe(long nowNanos) {
        if (skip == Skip.NO || nowNanos - probeAtNanos < 0) {
            return false;
        }
        probeAfterNanos = Math.min(2 * probeAfterNanos, MAX_PROBE_NANOS);
        probeAtNanos = nowNanos + probeAfterNanos;
        return true;
    }

    void sent(long nowNanos) {
        silence.sent(nowNanos);
    }

    /**
     * The node said something, whatever it was.
     *
     * @param isSlow compared with what all nodes take
     */
    void answered(long nowNanos, long latencyNanos, boolean isSlow) {
        heard(nowNanos);
        errors = 0;
        scoreNanos += scoreNanos == 0 ? latencyNanos : (latencyNanos - scoreNanos) * SCORE_WEIGHT;
        slowShare += ((isSlow ? 1 : 0) - slowShare) * SHARE_WEIGHT;
        if (skip != Skip.NO && !(skip == Skip.SLOW && isSlow)) {
            slowShare = skip == Skip.SLOW ? 0 : slowShare;
            corruptShare = skip == Skip.CORRUPT ? SHARE_AFTER_CORRUPTION : corruptShare;
            skip = Skip.NO;
            backAtNanos = nowNanos;
        }
        if (skip == Skip.NO && slowShare > MAX_SHARE) {
            skip(Skip.SLOW, nowNanos);
        }
    }

    /** Part of an answer has come: the node is not silent. Whether it is slow or right, the whole answer tells. */
    void progressed(long nowNanos) {
        silence.progressed(nowNanos);
        if (skip == Skip.SILENCE) {
            skip = Skip.NO;
            backAtNanos = nowNanos;
        }
    }

    /** A stripe of the node was found good; one that comes too late to be used is neither good nor bad. */
    void validStripe() {
        corruptShare -= corruptShare * SHARE_WEIGHT;
    }

    /** A stripe of the node was found bad. */
    void corruptStripe(long nowNanos) {
        corruptShare += (1 - corruptShare) * SHARE_WEIGHT;
        if (skip == Skip.NO && corruptShare > MAX_SHARE) {
            skip(Skip.CORRUPT, nowNanos);
        }
    }

    /** Refused, broken off, or answered with what is no answer. */
    void failed(long nowNanos) {
        heard(nowNanos);
        errors++;
        if (errors >= MAX_ERRORS && (skip == Skip.NO || skip.isDoubt())) {
            if (skip == Skip.NO) {
                skip(Skip.ERRORS, nowNanos);
            }
            skip = Skip.ERRORS;
        }
    }

    /** A request ended without a word from the node. Pauses between requests are no silence, so short requests add up. */
    void timedOut(long nowNanos, long othersHeardNanos) {
        judge(nowNanos, othersHeardNanos);
        silence.unanswered(nowNanos);
    }

    /** The view says that the node is down; probes tell when it is back. */
    void down(long nowNanos) {
        if (skip == Skip.NO) {
            skip(Skip.DOWN, nowNanos);
        }
        skip = Skip.DOWN;
    }

    private void heard(long nowNanos) {
        silence.heard(nowNanos);
    }

    private void skip(Skip why, long nowNanos) {
        boolean isRelapse = (why == Skip.SLOW || why == Skip.CORRUPT)
                && probeAfterNanos > 0
                && nowNanos - backAtNanos < RELAPSE_NANOS;
        skip = why;
        probeAfterNanos = isRelapse ? Math.min(2 * probeAfterNanos, MAX_PROBE_NANOS) : FIRST_PROBE_NANOS;
        probeAtNanos = nowNanos + probeAfterNanos;
    }
}
