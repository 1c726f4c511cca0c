package io.zonecache.cli.command;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * Bounded work in flight whose results come in the order in which it began. Not thread-safe: one thread adds and takes.
 *
 * @param <T> what a piece of work brings
 */
final class Window<T> {

    /** Takes the next result, in order. */
    interface Sink<T> {

        void accept(T result) throws Exception;
    }

    private final int maxInFlight;
    private final Sink<T> sink;
    private final Deque<CompletableFuture<T>> inFlight = new ArrayDeque<>();

    Window(int maxInFlight, Sink<T> sink) {
        this.maxInFlight = maxInFlight;
        this.sink = sink;
    }

    /** Waits until there is room; room is made by handing on the oldest result. Call it before the work begins. */
    void makeRoom() throws Exception {
        while (inFlight.size() >= maxInFlight) {
            sink.accept(inFlight.removeFirst().join());
        }
    }

    void add(CompletableFuture<T> work) {
        inFlight.addLast(work);
    }

    /** Hands on all that is left. */
    void drain() throws Exception {
        while (!inFlight.isEmpty()) {
            sink.accept(inFlight.removeFirst().join());
        }
    }
}
