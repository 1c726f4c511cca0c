package io.zonecache.chaos.report;

import io.zonecache.chaos.oracle.ReadTally;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Collects what readers and origin tell while scenarios run, second by second. Thread-safe; bounded by the run's length. */
public final class Timeline {

    /** @param origin most origin fetches seen in flight */
    record Second(ReadTally tally, int origin) {}

    /** @param isFault or the begin of a scenario */
    record Mark(double second, String text, boolean isFault) {}

    private final long startNanos = System.nanoTime();
    private final TreeMap<Long, Second> seconds = new TreeMap<>();
    private final List<Mark> marks = new ArrayList<>();

    public synchronized void sample(ReadTally tally) {
        Second before = now();
        put(new Second(before.tally().plus(tally), before.origin()));
    }

    public synchronized void origin(int inFlight) {
        Second before = now();
        put(new Second(before.tally(), Math.max(before.origin(), inFlight)));
    }

    public synchronized void scenario(String name) {
        marks.add(new Mark(elapsed(), name, false));
    }

    public synchronized void fault(String text) {
        marks.add(new Mark(elapsed(), text, true));
    }

    synchronized SortedMap<Long, Second> seconds() {
        return new TreeMap<>(seconds);
    }

    synchronized List<Mark> marks() {
        return List.copyOf(marks);
    }

    private double elapsed() {
        return (System.nanoTime() - startNanos) / 1e9;
    }

    private Second now() {
        return seconds.getOrDefault(second(), new Second(ReadTally.none(), 0));
    }

    private void put(Second second) {
        seconds.put(second(), second);
    }

    private long second() {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startNanos);
    }
}
