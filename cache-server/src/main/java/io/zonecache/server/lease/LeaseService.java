package io.zonecache.server.lease;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.zonecache.membership.Membership;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.EncodedView;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.model.ZoneView;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's {@link LeaseTable} for many threads, with its timer and its views.
 *
 * <p>Every call holds one lock for some microseconds, and callbacks run outside of it: on the thread of the call that brought the
 * answer about (another's request, an end, a view) or on the timer's. So a callback must not block and must find its own way to
 * its connection's thread.
 */
public final class LeaseService implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LeaseService.class);
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final Object lock = new Object();
    private final LeaseTable table;
    private final Membership membership;
    private final LeaseTimer timer;
    private final LongSupplier nanoClock;

    private @Nullable Runnable cancelTimer;
    private long timerDueNanos;
    private long timerRound;
    private boolean closed;
    private int loggedShare = -1;
    private @Nullable EncodedView current;

    /** @param random secure in a node: whoever guesses a lease can end it */
    public LeaseService(
            String nodeId,
            Membership membership,
            LeaseLimits limits,
            LeaseTimer timer,
            LongSupplier nanoClock,
            RandomGenerator random) {
        this.table = new LeaseTable(nodeId, limits, nanoClock, random);
        this.membership = membership;
        this.timer = timer;
        this.nanoClock = nanoClock;
    }

    /** Starts with default limits and hears of the views from now on. The first lease lifetime begins here: call it once a process. */
    public static LeaseService start(String nodeId, Membership membership, LeaseTimer timer) {
        LeaseService service =
                new LeaseService(nodeId, membership, LeaseLimits.DEFAULT, timer, System::nanoTime, new SecureRandom());
        membership.addListener(service::viewChanged);
        return service;
    }

    /**
     * Asks for the lease of a chunk.
     *
     * @param callback gets one answer, maybe before this returns. If a grant can't be sent any more, tell {@link #undelivered}
     * @return to be run when the client's connection is gone: no answer follows, unless it is on its way already
     */
    public Runnable request(ChunkKey key, LeaseQuestion question, Consumer<LeaseAnswer> callback) {
        LeaseWaiter waiter = change(() -> table.request(key, question, callback));
        return () -> change(() -> {
            table.cancel(waiter);
            return waiter;
        });
    }

    /** The grant could not be sent: its lease goes on to others, at once or, if its question has a nonce, in a moment. */
    public void undelivered(ChunkKey key, LeaseAnswer.Granted granted) {
        change(() -> {
            table.undelivered(key, granted);
            return granted;
        });
    }

    /** Ends a lease; one that is unknown or over makes no difference. */
    public void end(ChunkKey key, String lease, LeaseOutcome outcome) {
        change(() -> table.end(key, lease, outcome));
    }

    /** Takes a newer view over; for nodes whose service was not made by {@link #start}. */
    public void viewChanged(EncodedView view) {
        change(() -> {
            table.viewChanged(view.view());
            current = view;
            confirm();
            table.tick();
            return view;
        });
        logShare(view.view());
    }

    private void logShare(ZoneView view) {
        int nodes = view.nodes().size();
        int share = view.settings().sharePerNode(nodes);
        synchronized (lock) {
            if (share == loggedShare) {
                return;
            }
            loggedShare = share;
        }
        LOG.info("epoch {}: each of {} nodes may lease {} origin fetches", view.epoch(), nodes, share);
        if (share == 0) {
            LOG.warn(
                    "origin budget: {} (expected: enough for {} nodes); nothing will be fetched",
                    view.settings().originBudget(),
                    nodes);
        }
    }

    /** Grants nothing from now on and answers {@code DRAINING}; leases that run may still be ended. */
    public void drain() {
        change(() -> {
            table.drain();
            return true;
        });
    }

    public LeaseTableStats stats() {
        synchronized (lock) {
            confirm();
            return table.stats();
        }
    }

    /** Drains and stops the timer. */
    @Override
    public void close() {
        drain();
        synchronized (lock) {
            closed = true;
            stopTimer();
        }
    }

    private <T> T change(Supplier<T> step) {
        T result;
        List<LeaseDelivery> answers;
        synchronized (lock) {
            confirm();
            result = step.get();
            answers = table.takeAnswers();
            setTimer();
        }
        answers.forEach(this::deliver);
        return result;
    }

    /** A view that the listener has not been told yet confirms nothing about the one before. */
    private void confirm() {
        long agoMillis = membership.unconfirmedMillis();
        if (agoMillis < Long.MAX_VALUE && current != null && current.equals(membership.view())) {
            table.confirmed(MILLISECONDS.toNanos(agoMillis));
        }
    }

    private void deliver(LeaseDelivery delivery) {
        try {
            delivery.deliver();
        } catch (RuntimeException e) {
            LOG.warn("a lease request could not be told its answer", e);
        }
    }

    /** One timer, for what is due first; it is set anew only if something is due earlier. */
    private void setTimer() {
        long dueInNanos = table.nextDueNanos();
        if (closed || dueInNanos == Long.MAX_VALUE) {
            return;
        }
        long dueNanos = nanoClock.getAsLong() + dueInNanos;
        if (cancelTimer != null && timerDueNanos - dueNanos <= 0) {
            return;
        }
        stopTimer();
        timerDueNanos = dueNanos;
        long round = ++timerRound;
        long delayMillis = Math.max(1, (dueInNanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
        cancelTimer = timer.schedule(delayMillis, () -> timerFired(round));
    }

    private void stopTimer() {
        if (cancelTimer != null) {
            cancelTimer.run();
            cancelTimer = null;
        }
    }

    private void timerFired(long round) {
        synchronized (lock) {
            if (round == timerRound) {
                cancelTimer = null;
            }
        }
        change(() -> {
            table.tick();
            return round;
        });
    }
}
