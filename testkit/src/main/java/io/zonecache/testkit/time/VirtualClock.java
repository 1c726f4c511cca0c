package io.zonecache.testkit.time;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A monotonic clock that stands still until its owner moves it, and the tasks that are scheduled on it. Tasks run on the thread that
 * moves the clock, in order of their time, then of their scheduling, and see the clock at exactly their time. So a test is as quick
 * as its work, and does the same each time. Not thread-safe.
 */
public final class VirtualClock {

    /** A task that waits for its time. */
    @FunctionalInterface
    public interface Scheduled {

        /** Has no effect once the task runs or has run. */
        void cancel();
    }

    private static final class Task implements Scheduled {
        private final long dueNanos;
        private final long sequence;
        private final Runnable action;
        private boolean isCancelled;

        Task(long dueNanos, long sequence, Runnable action) {
            this.dueNanos = dueNanos;
            this.sequence = sequence;
            this.action = action;
        }

        @Override
        public void cancel() {
            isCancelled = true;
        }
    }

    private final PriorityQueue<Task> tasks = new PriorityQueue<>(
            Comparator.<Task>comparingLong(task -> task.dueNanos).thenComparingLong(task -> task.sequence));
    private long nowNanos;
    private long sequence;

    /** Starts at 0. */
    public VirtualClock() {
        this(0);
    }

    public VirtualClock(long startNanos) {
        this.nowNanos = startNanos;
    }

    public long nanoTime() {
        return nowNanos;
    }

    public long millis() {
        return TimeUnit.NANOSECONDS.toMillis(nowNanos);
    }

    /** Runs the task when the clock has moved on by the delay; one that is not positive is none, and still waits for a move. */
    public Scheduled schedule(long delayNanos, Runnable action) {
        Task task = new Task(nowNanos + Math.max(0, delayNanos), sequence++, action);
        tasks.add(task);
        return task;
    }

    public Scheduled scheduleMillis(long delayMillis, Runnable action) {
        return schedule(TimeUnit.MILLISECONDS.toNanos(delayMillis), action);
    }

    /** Moves the clock on, and runs what falls due, that which falls due meanwhile included. */
    public void advanceNanos(long nanos) {
        runUntilNanos(nowNanos + nanos);
    }

    public void advanceMillis(long millis) {
        advanceNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    public void advance(Duration duration) {
        advanceNanos(duration.toNanos());
    }

    /** Moves the clock on to a time since its zero; it never goes back. */
    public void runUntilMillis(long millis) {
        runUntilNanos(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private void runUntilNanos(long endNanos) {
        Task next = next();
        while (next != null && next.dueNanos <= endNanos) {
            run(next);
            next = next();
        }
        nowNanos = Math.max(nowNanos, endNanos);
    }

    /**
     * Moves the clock from task to task until the condition holds.
     *
     * @return whether it does: false if it does not within that time, which has passed then
     */
    public boolean runUntil(BooleanSupplier condition, Duration atMost) {
        long endNanos = nowNanos + atMost.toNanos();
        while (!condition.getAsBoolean()) {
            Task next = next();
            if (next == null || next.dueNanos > endNanos) {
                nowNanos = Math.max(nowNanos, endNanos);
                return condition.getAsBoolean();
            }
            run(next);
        }
        return true;
    }

    /** Runs every task, however late, and those that they schedule; ends only if those do. */
    public void runAll() {
        for (Task next = next(); next != null; next = next()) {
            run(next);
        }
    }

    /** Tasks that wait for their time. */
    public int scheduled() {
        return (int) tasks.stream().filter(task -> !task.isCancelled).count();
    }

    private @Nullable Task next() {
        Task next = tasks.peek();
        while (next != null && next.isCancelled) {
            tasks.remove();
            next = tasks.peek();
        }
        return next;
    }

    private void run(Task task) {
        tasks.remove(task);
        nowNanos = Math.max(nowNanos, task.dueNanos);
        task.action.run();
    }
}
