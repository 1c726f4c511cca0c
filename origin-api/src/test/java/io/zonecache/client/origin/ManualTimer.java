package io.zonecache.client.origin;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Time passes only when the test says so; tasks run on the test's thread. Thread-safe. */
final class ManualTimer implements CallTimer {

    private record Task(long atNanos, Runnable action) {}

    private final List<Task> tasks = new ArrayList<>();

    /** Far from 0, as a machine's clock is. */
    private long nanos = TimeUnit.SECONDS.toNanos(1_000);

    @Override
    public synchronized long nanoTime() {
        return nanos;
    }

    @Override
    public synchronized Runnable schedule(long delayNanos, Runnable action) {
        Task task = new Task(nanos + delayNanos, action);
        tasks.add(task);
        return () -> remove(task);
    }

    private synchronized void remove(Task task) {
        tasks.remove(task);
    }

    void advanceMillis(long millis) {
        long untilNanos = nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (Task due = next(untilNanos); due != null; due = next(untilNanos)) {
            due.action.run();
        }
    }

    private synchronized @Nullable Task next(long untilNanos) {
        Task due = tasks.stream()
                .filter(task -> task.atNanos <= untilNanos)
                .min(Comparator.comparingLong(Task::atNanos))
                .orElse(null);
        nanos = due == null ? untilNanos : due.atNanos;
        tasks.remove(due);
        return due;
    }

    @Override
    public void close() {}
}
