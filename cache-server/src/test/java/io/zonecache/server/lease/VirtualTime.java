package io.zonecache.server.lease;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Events in the order of a clock that only they move. */
final class VirtualTime {

    private record Event(long atNanos, long sequence, Runnable action) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>(Comparator.comparingLong(Event::atNanos).thenComparingLong(Event::sequence));
    private long nowNanos;
    private long sequence;

    long nanos() {
        return nowNanos;
    }

    long millis() {
        return nowNanos / 1_000_000;
    }

    void in(long millis, Runnable action) {
        inNanos(MILLISECONDS.toNanos(millis), action);
    }

    void inNanos(long delayNanos, Runnable action) {
        events.add(new Event(nowNanos + delayNanos, sequence++, action));
    }

    /** Runs what happens until then. */
    void runUntil(long millis) {
        long end = MILLISECONDS.toNanos(millis);
        while (!events.isEmpty() && events.peek().atNanos <= end) {
            Event event = events.remove();
            nowNanos = event.atNanos;
            event.action.run();
        }
        nowNanos = end;
    }
}
