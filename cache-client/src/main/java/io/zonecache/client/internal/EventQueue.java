package io.zonecache.client.internal;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Handles events that come on any thread one after the other, in order, on whichever of those threads finds none being handled. So what
 * the events share needs no other lock, and an event that comes while another is handled, on the same thread too, does not nest. The
 * lock is held for the queue alone. Safe for concurrent use.
 */
public final class EventQueue {

    private final Consumer<Throwable> onFailure;
    private final Deque<Runnable> events = new ArrayDeque<>();
    private boolean isHandling;

    /** @param onFailure hears what an event throws, an {@link Error} too; what it throws itself is lost */
    public EventQueue(Consumer<Throwable> onFailure) {
        this.onFailure = onFailure;
    }

    /** Handles the event now, or after those that are being handled. */
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
