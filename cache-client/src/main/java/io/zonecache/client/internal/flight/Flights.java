package io.zonecache.client.internal.flight;

import io.zonecache.client.internal.Futures;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Supplier;

/**
 * One piece of work for each key at a time: who asks for a key that is being worked on gets the same future. Safe for concurrent
 * use. As many entries as there are keys under way.
 */
public final class Flights<K, V> {

    private final ConcurrentMap<K, CompletableFuture<V>> underWay = new ConcurrentHashMap<>();

    /** The flight of this key; starts one unless there is one. Do not complete or cancel the future: others wait for it too. */
    public CompletableFuture<V> join(K key, Supplier<CompletableFuture<V>> start) {
        CompletableFuture<V> known = underWay.get(key);
        if (known != null) {
            return known;
        }
        CompletableFuture<V> flight = new CompletableFuture<>();
        CompletableFuture<V> other = underWay.putIfAbsent(key, flight);
        if (other != null) {
            return other;
        }
        try {
            Futures.whenDone(start.get(), (value, failure) -> {
                underWay.remove(key, flight);
                if (failure != null) {
                    flight.completeExceptionally(failure);
                } else {
                    flight.complete(value);
                }
            });
        } catch (RuntimeException e) {
            underWay.remove(key, flight);
            flight.completeExceptionally(e);
        }
        return flight;
    }

    public int size() {
        return underWay.size();
    }
}
