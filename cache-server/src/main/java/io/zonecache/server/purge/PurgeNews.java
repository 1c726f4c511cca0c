package io.zonecache.server.purge;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Wakes those who wait for news of purges: at once, but at most once a second, however many purges there are. Whoever waits says which
 * token it knows, and is woken only if that is not the newest; so nobody misses a purge between two waits, and nobody is woken for
 * one that it knows. How many wait is bounded by who lets them. Thread-safe.
 */
public final class PurgeNews {

    static final long MIN_INTERVAL_MILLIS = 1_000;

    private static final long MIN_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(MIN_INTERVAL_MILLIS);

    /** One-shot timers that can't be cancelled. */
    @FunctionalInterface
    public interface Timer {

        /** @param delayMillis at least 1 */
        void schedule(long delayMillis, Runnable task);
    }

    private final Supplier<String> token;
    private final LongSupplier nanoClock;
    private final Timer timer;
    private final Map<Runnable, String> waiters = new LinkedHashMap<>();
    private long lastNanos;
    private boolean scheduled;

    /** @param token the newest token; {@link #changed} follows each change of it */
    public PurgeNews(Supplier<String> token, LongSupplier nanoClock, Timer timer) {
        this.token = token;
        this.nanoClock = nanoClock;
        this.timer = timer;
        this.lastNanos = nanoClock.getAsLong() - MIN_INTERVAL_NANOS;
    }

    /** The token is another one now. */
    public void changed() {
        schedule();
    }

    /** Runs the waiter once, on any thread, when the newest token is not the known one, maybe soon. */
    public void await(String known, Runnable waiter) {
        synchronized (this) {
            waiters.put(waiter, known);
        }
        if (!known.equals(token.get())) {
            schedule();
        }
    }

    public synchronized void cancel(Runnable waiter) {
        waiters.remove(waiter);
    }

    private void schedule() {
        long delayMillis;
        synchronized (this) {
            if (scheduled || waiters.isEmpty()) {
                return;
            }
            scheduled = true;
            long leftNanos = lastNanos + MIN_INTERVAL_NANOS - nanoClock.getAsLong();
            delayMillis = Math.max(1, TimeUnit.NANOSECONDS.toMillis(leftNanos + 999_999));
        }
        timer.schedule(delayMillis, this::wake);
    }

    private void wake() {
        List<Runnable> woken = new ArrayList<>();
        synchronized (this) {
            scheduled = false;
            lastNanos = nanoClock.getAsLong();
            String newest = token.get();
            Iterator<Map.Entry<Runnable, String>> all = waiters.entrySet().iterator();
            while (all.hasNext()) {
                Map.Entry<Runnable, String> waiter = all.next();
                if (!waiter.getValue().equals(newest)) {
                    woken.add(waiter.getKey());
                    all.remove();
                }
            }
        }
        woken.forEach(Runnable::run);
    }
}
