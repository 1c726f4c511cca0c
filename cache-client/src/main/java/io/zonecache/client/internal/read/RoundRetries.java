package io.zonecache.client.internal.read;

import java.util.concurrent.TimeUnit;

/**
 * Decides when an undecided read may begin another round: as soon as the client's retry budget allows, with a growing pause before each
 * check of the budget. The budget keeps a zone that sheds load from receiving more requests. If no node shed the round, the budget delays
 * the read for at most a second: nodes that die or stall leave many reads undecided at once, which would queue for the budget one after
 * another, and one round a second is less load than such a read causes normally. Not thread-safe.
 */
final class RoundRetries {

    static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final OverRequestReader reader;
    private int looks;
    private int made;

    RoundRetries(OverRequestReader reader) {
        this.reader = reader;
    }

    /** Before the next {@link #tryRetry}. */
    long nextPauseNanos() {
        return reader.retryPauseNanos(looks++);
    }

    /**
     * Whether another round may begin now; if so, the retry is counted.
     *
     * @param isHeardAgain whether the nodes that left the round undecided were silent, and none of them is any more: nobody is asked in vain
     */
    boolean tryRetry(ReadRound undecided, boolean isHeardAgain) {
        boolean isOverdue = !undecided.isShed() && reader.nanoTime() - undecided.startNanos >= MAX_WAIT_NANOS;
        boolean mayRetry = isHeardAgain || isOverdue || reader.trySpendRetry();
        if (mayRetry) {
            reader.countRetry();
            made++;
        }
        return mayRetry;
    }

    /** Rounds that it has allowed. */
    int made() {
        return made;
    }
}
