package io.zonecache.client.internal.node;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Measures how long requests have gone unanswered by all nodes together. Only requests sent since the last answer of any node count: one node that
 * leaves a request unanswered is not the zone's silence, however long nothing else is asked meanwhile. Safe for concurrent use.
 */
final class ZoneSilence {

    private static final long PROBE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier clock;
    private final NodeSilence silence = new NodeSilence();
    private final AtomicLong probeNanos;
    private volatile long heardNanos;

    ZoneSilence(LongSupplier clock) {
        this.clock = clock;
        this.heardNanos = clock.getAsLong();
        this.probeNanos = new AtomicLong(heardNanos);
    }

    synchronized void sent(Object request, long nowNanos) {
        silence.sent(request, nowNanos);
    }

    /** An answer or part of one has come from any node, whatever it says. */
    synchronized void heard(long nowNanos) {
        heardNanos = nowNanos;
        silence.heard(nowNanos);
        silence.takeBackAll();
    }

    synchronized void unanswered(Object request, long nowNanos) {
        silence.unanswered(request, nowNanos);
    }

    synchronized void takeBack(Object request) {
        silence.takeBack(request);
    }

    synchronized long nanos() {
        return silence.nanos(clock.getAsLong());
    }

    /** When any node answered last; before the first answer, when this object was created. */
    long heardNanos() {
        return heardNanos;
    }

    /** Whether a probe is due; if so, the next one is due a second later. */
    boolean takeProbe() {
        long now = clock.getAsLong();
        long due = probeNanos.get();
        return now - due >= 0 && probeNanos.compareAndSet(due, now + PROBE_NANOS);
    }
}
