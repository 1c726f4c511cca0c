package io.zonecache.client.internal.time;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Pauses before another attempt. They end early when their owner closes, since a closed timer would never end them. Thread-safe. */
public final class Pauses implements AutoCloseable {

    private final ClientTimer timer;
    private final Set<Pause> pauses = ConcurrentHashMap.newKeySet();
    private volatile boolean isClosed;

    public Pauses(ClientTimer timer) {
        this.timer = timer;
    }

    /** Runs the next attempt once, after the pause or at {@link #close}; never if this throws. */
    public void begin(long nanos, Runnable next) {
        Pause pause = new Pause(next);
        pauses.add(pause);
        try {
            timer.schedule(nanos, pause::end);
        } catch (RuntimeException | Error e) {
            pauses.remove(pause);
            throw e;
        }
        if (isClosed) {
            pause.end();
        }
    }

    public boolean isClosed() {
        return isClosed;
    }

    /** Ends all pauses, and later ones as they begin. */
    @Override
    public void close() {
        isClosed = true;
        pauses.forEach(Pause::end);
    }

    private final class Pause {

        private final Runnable next;

        Pause(Runnable next) {
            this.next = next;
        }

        void end() {
            if (pauses.remove(this)) {
                next.run();
            }
        }
    }
}
