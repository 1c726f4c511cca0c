package io.zonecache.client.internal.time;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;

/** Time that passes only when the test says so; tasks run on the test's thread, in order of time, then of scheduling. */
public final class VirtualTimer implements ClientTimer {

    private static final Comparator<Task> ORDER =
            Comparator.comparingLong(Task::dueNanos).thenComparingLong(Task::sequence);

    private record Task(long dueNanos, long sequence, Runnable action) {}

    private final PriorityQueue<Task> tasks = new PriorityQueue<>(ORDER);
    private long nowNanos = 1_000_000_000_000L;
    private long sequence;

    @Override
    public long nanoTime() {
        return nowNanos;
    }

    @Override
    public Scheduled schedule(long delayNanos, Runnable action) {
        Task task = new Task(nowNanos + Math.max(0, delayNanos), sequence++, action);
        tasks.add(task);
        return () -> tasks.remove(task);
    }

    /** Lets time pass and runs what falls due. */
    public void advanceMillis(long millis) {
        long end = nowNanos + TimeUnit.MILLISECONDS.toNanos(millis);
        while (!tasks.isEmpty() && tasks.element().dueNanos() <= end) {
            runNext();
        }
        nowNanos = end;
    }

    /** Runs everything there is, however late. */
    public void runAll() {
        while (!tasks.isEmpty()) {
            runNext();
        }
    }

    private void runNext() {
        Task task = tasks.remove();
        nowNanos = Math.max(nowNanos, task.dueNanos());
        task.action().run();
    }
}
