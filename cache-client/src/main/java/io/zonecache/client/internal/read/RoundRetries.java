package io.zonecache.client.internal.read;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Decides when an undecided read may begin another round: as soon as the client's retry budget allows, with a growing pause before each check of
 * the budget. The budget keeps a zone that sheds load from receiving more requests. If no node shed the round, the budget delays the read for at
 * most a second: nodes that die or stall leave many reads undecided at once, which would queue for the budget one after another, and one round a
 * second is less load than such a read causes normally. Not thread-safe: guarded by the operation's lock while rounds are open, and used by one
 * thread at a time between them.
 */
final class RoundRetries {

    private static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long FIRST_PAUSE_MILLIS = 10;
    private static final long MAX_PAUSE_MILLIS = 500;

    /** What a pause leaves at least for the round after it. A read that has less than half as much for the pause is over. */
    private static final long MIN_ROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

    /** Rounds that may end for lack of memory without being paid for: one for each layout that a round keeps apart. */
    private static final int MAX_REQUEUES = 4;

    private final ReadContext context;
    private final ChunkRead read;
    private int pauses;
    private int made;
    private int requeues;

    RoundRetries(ReadContext context, ChunkRead read) {
        this.context = context;
        this.read = read;
    }

    /**
     * A pause before the next {@link #tryRetry}: 10 ms, doubling to 500 ms, half of it random. It is shorter, and half of it random as well, if no
     * time would be left for another round: reads with one deadline do not all try again at the last moment. A failure if there is no such time.
     *
     * @param unknown requests of which it is not known whether their nodes hold a stripe
     */
    ReadStep next(List<NodeRequest> unknown) {
        long maxMillis = Math.min(MAX_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << Math.min(pauses++, 16));
        long leftNanos = read.deadlineNanos() - context.nanoTime() - MIN_ROUND_NANOS;
        long maxNanos = Math.min(TimeUnit.MILLISECONDS.toNanos(maxMillis), leftNanos);
        int retries = made;
        if (maxNanos >= MIN_ROUND_NANOS / 2) {
            read.delayedBy(() -> uncertain(unknown, retries));
            return new ReadStep.Pause(maxNanos / 2 + context.random.nextLong(maxNanos / 2 + 1));
        }
        CacheException failure = uncertain(unknown, retries);
        read.delayedBy(() -> failure);
        return new ReadStep.Fail(failure);
    }

    private CacheException uncertain(List<NodeRequest> unknown, int retries) {
        return new CacheException(
                CacheErrorCode.ZONE_UNCERTAIN,
                read.name().describe() + ": too few nodes answered in time, after " + retries
                        + " retries; not known whether they hold a stripe: " + NodeRequest.ids(unknown));
    }

    /**
     * Whether another round may begin now; if so, the retry is counted, and paid for unless it is free.
     *
     * @param startNanos when the undecided round began
     * @param wasShed whether a node refused a request of that round because it is overloaded
     * @param isHeardAgain whether the nodes that left the round undecided were silent, and none of them is any more
     */
    boolean tryRetry(long startNanos, boolean wasShed, boolean isHeardAgain) {
        boolean isOverdue = !wasShed && context.nanoTime() - startNanos >= MAX_WAIT_NANOS;
        boolean mayRetry = isHeardAgain || isOverdue || context.retryBudget.trySpend(1);
        if (mayRetry) {
            context.counters.retries.increment();
            made++;
        }
        return mayRetry;
    }

    /**
     * Whether a round that lacks memory may end and begin again once there is enough; limited, so that nodes can't let a read bypass its retry
     * budget.
     */
    boolean mayRequeue() {
        return requeues < MAX_REQUEUES;
    }

    /** As {@link #mayRequeue}; if so, it is counted. */
    boolean tryRequeue() {
        boolean isAllowed = mayRequeue();
        requeues++;
        return isAllowed;
    }
}
