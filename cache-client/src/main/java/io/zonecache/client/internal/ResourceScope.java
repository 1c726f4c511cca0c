package io.zonecache.client.internal;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything scarce that one piece of work holds, at most one of each kind. Closing releases all of it, and what comes later is released
 * at once; so a path that ends early leaks nothing, whatever was under way for it. Thread-safe.
 *
 * @param <K> kinds of resources, in the order in which they are released
 */
public class ResourceScope<K extends Enum<K>> implements AutoCloseable {

    private final Runnable onClosed;
    private final Map<K, Runnable> held;
    private boolean isClosed;

    /** @param onClosed called once all has been released */
    public ResourceScope(Class<K> kinds, Runnable onClosed) {
        this.held = new EnumMap<>(kinds);
        this.onClosed = onClosed;
    }

    /** Takes over a resource; what there was of its kind is released, and the new one too if the scope is closed. */
    public final void own(K kind, Runnable release) {
        Runnable released;
        synchronized (this) {
            released = isClosed ? release : held.put(kind, release);
        }
        run(released);
    }

    /** Does nothing if there is none of that kind. */
    public final void release(K kind) {
        run(take(kind));
    }

    /** What releases a resource that the caller takes over from this scope; null if there is none of that kind. */
    protected final synchronized @Nullable Runnable take(K kind) {
        return held.remove(kind);
    }

    public final synchronized boolean has(K kind) {
        return held.containsKey(kind);
    }

    private static void run(@Nullable Runnable release) {
        if (release != null) {
            release.run();
        }
    }

    /** Idempotent. A release that throws keeps no other from being made; the first such failure is thrown in the end. */
    @Override
    public final void close() {
        List<Runnable> releases;
        synchronized (this) {
            if (isClosed) {
                return;
            }
            isClosed = true;
            releases = new ArrayList<>(held.values());
            held.clear();
        }
        releases.add(onClosed);
        releaseFrom(releases, 0);
    }

    private static void releaseFrom(List<Runnable> releases, int first) {
        if (first < releases.size()) {
            try {
                releases.get(first).run();
            } finally {
                releaseFrom(releases, first + 1);
            }
        }
    }
}
