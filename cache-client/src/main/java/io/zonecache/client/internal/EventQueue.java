package io.zonecache.client.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Handles events from any thread one at a time and in order, on whichever thread posts one while none is being handled. So state that only events
 * use needs no other lock, and an event that is posted while another is handled, even on the same thread, does not nest. The lock is held for the
 * queue alone. Safe for concurrent use.
 */
public final class EventQueue {

    private final Consumer<Throwable> onFailure;
    private final Deque<Runnable> events = new ArrayDeque<>();
    private boolean isHandling;

    /** @param onFailure receives what an event throws, even an {@link Error}; what it throws itself is lost */
    public EventQueue(Consumer<Throwable> onFailure) {
        this.onFailure = onFailure;
    }

    /** Handles the event now, or after those already posted. */
    public void post(Runnable event) {
        synchronized (this) {
            events.addLast(event);
            if (isHandling) {
                return;
            }
            isHandling = true;
        }
        for (Runnable next = next(); next != null; next = next()) {
            handle(next);
        }
    }

    private synchronized @Nullable Runnable next() {
        Runnable next = events.pollFirst();
        isHandling = next != null;
        return next;
    }

    private void handle(Runnable event) {
        try {
            event.run();
        } catch (RuntimeException | Error e) {
            try {
                onFailure.accept(e);
            } catch (RuntimeException | Error lost) {
                e.addSuppressed(lost);
            }
        }
    }
}
