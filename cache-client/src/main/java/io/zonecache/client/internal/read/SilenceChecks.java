package io.zonecache.client.internal.read;

import io.zonecache.client.internal.time.ClientTimer;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs the registered checks periodically, for as long as there are any: whether a round still waits for a node that has fallen silent.
 * One timer for all rounds, since most of them end before it fires. Thread-safe; checks run on the timer's thread.
 */
final class SilenceChecks {

    /** Half of the silence after which a node is skipped. */
    private static final long INTERVAL_NANOS = 250_000_000L;

    private final ClientTimer timer;
    private final Set<Runnable> checks = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean isScheduled = new AtomicBoolean();

    SilenceChecks(ClientTimer timer) {
        this.timer = timer;
    }

    /**
     * @param check registered once at most
     * @return ends the registration
     */
    Runnable register(Runnable check) {
        checks.add(check);
        try {
            schedule();
        } catch (RuntimeException | Error e) {
            checks.remove(check);
            throw e;
        }
        return () -> checks.remove(check);
    }

    private void schedule() {
        if (isScheduled.get() || !isScheduled.compareAndSet(false, true)) {
            return;
        }
        try {
            timer.schedule(INTERVAL_NANOS, this::run);
        } catch (RuntimeException | Error e) {
            isScheduled.set(false);
            throw e;
        }
    }

    private void run() {
        isScheduled.set(false);
        try {
            checks.forEach(Runnable::run);
        } finally {
            if (!checks.isEmpty()) {
                schedule();
            }
        }
    }
}
