package io.zonecache.server.admin;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;

/**
 * What happened to a node and its zone, in short sentences for an operator: the last {@value #KEPT}, numbered without a gap. Readers have
 * no queues of their own: each asks for what comes after the last that it has, and learns how many it was too slow for. Thread-safe.
 */
public final class NodeEvents {

    static final int KEPT = 256;

    /** A view of many nodes may change in many at once. */
    private static final int MAX_CHARS = 500;

    private final Clock clock;
    private final Deque<Event> kept = new ArrayDeque<>();
    private final Set<Runnable> listeners = new CopyOnWriteArraySet<>();
    private long lastNumber;

    /** What an event is about. */
    public enum Kind {
        VIEW,
        NODE,
        PURGE,
        DISK,
        ORIGIN,
        LOAD;

        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param number from 1 */
    public record Event(long number, Instant time, Kind kind, String text) {}

    /** @param missed events between the reader's last and the first of these that are no longer kept */
    public record Batch(long missed, List<Event> events) {}

    public NodeEvents(Clock clock) {
        this.clock = clock;
    }

    /** Never blocks for long; listeners are called on this thread. */
    public void add(Kind kind, String text) {
        synchronized (this) {
            String shown = text.length() <= MAX_CHARS ? text : text.substring(0, MAX_CHARS) + "...";
            kept.addLast(new Event(++lastNumber, clock.instant().truncatedTo(ChronoUnit.MILLIS), kind, shown));
            if (kept.size() > KEPT) {
                kept.removeFirst();
            }
        }
        listeners.forEach(Runnable::run);
    }

    /** Events with numbers above {@code after}, oldest first, at most {@code max}. */
    public synchronized Batch after(long after, int max) {
        List<Event> events = new ArrayList<>();
        for (Event event : kept) {
            if (event.number() > after && events.size() < max) {
                events.add(event);
            }
        }
        long oldest = lastNumber - kept.size() + 1;
        return new Batch(Math.max(0, oldest - after - 1), events);
    }

    /** Runs the listener after each event, on the thread that adds it; it must not block. */
    void listen(Runnable listener) {
        listeners.add(listener);
    }

    void forget(Runnable listener) {
        listeners.remove(listener);
    }
}
