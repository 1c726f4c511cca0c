package io.zonecache.client.internal.read;

import java.util.concurrent.TimeUnit;

/**
 * When one read that is undecided may begin another round: as soon as the client's retry budget allows, with a growing pause before each
 * look at it. The budget keeps a zone that sheds load from being asked ever more. Where no node has shed the round, it holds a read back
 * for a second at most: nodes that die or stall leave many reads undecided together, which would wait for the budget one after the
 * other, and a round a second for each of them is less than they ask for in good weather. Not thread-safe.
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
