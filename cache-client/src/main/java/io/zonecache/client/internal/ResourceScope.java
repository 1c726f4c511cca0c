package io.zonecache.client.internal;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Owns the scarce resources of one piece of work, at most one of each kind. Closing releases all of them, and one that is added later is released
 * at once, so a path that ends early leaks nothing, whatever was in flight for it. Thread-safe.
 *
 * @param <K> kinds of resources, in the order in which they are released
 */
public class ResourceScope<K extends Enum<K>> implements AutoCloseable {

    private final Runnable onClosed;
    private final Map<K, Runnable> held;
    private boolean isClosed;

    /** @param onClosed called once everything has been released */
    public ResourceScope(Class<K> kinds, Runnable onClosed) {
        this.held = new EnumMap<>(kinds);
        this.onClosed = onClosed;
    }

    /** Takes over a resource and releases the previous one of its kind; if the scope is closed, the new one is released. */
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

    /** The action that releases a resource which the caller takes over from this scope; null if there is none of that kind. */
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

    /** Idempotent. A release that throws does not prevent the others; the last such failure is thrown in the end. */
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
