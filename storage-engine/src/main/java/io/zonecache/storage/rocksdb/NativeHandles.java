package io.zonecache.storage.rocksdb;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicInteger;
import org.rocksdb.AbstractNativeReference;

/**
 * The one owner of some native objects; closing it closes them, the last first. Counts what is open in the whole process, so that a
 * leak fails a test. Thread-safe.
 */
final class NativeHandles implements AutoCloseable {

    private static final AtomicInteger OPEN = new AtomicInteger();

    private final Deque<AbstractNativeReference> owned = new ArrayDeque<>();

    /** How many native objects have an owner now, in all stores of this process. */
    static int open() {
        return OPEN.get();
    }

    synchronized <T extends AbstractNativeReference> T own(T handle) {
        owned.push(handle);
        OPEN.incrementAndGet();
        return handle;
    }

    /** Closes one before the others. */
    synchronized void release(AbstractNativeReference handle) {
        if (owned.removeIf(candidate -> candidate == handle)) {
            OPEN.decrementAndGet();
            handle.close();
        }
    }

    @Override
    public synchronized void close() {
        while (!owned.isEmpty()) {
            OPEN.decrementAndGet();
            owned.pop().close();
        }
    }
}
