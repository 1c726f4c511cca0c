package io.zonecache.client.internal.time;

/** A thread that belongs to a cache. A blocking read on it may deadlock, since the read may need this thread. */
public final class CacheThread extends Thread {

    /** A daemon, not started. */
    public CacheThread(Runnable task, String name) {
        super(task, name);
        setDaemon(true);
    }

    public static boolean isCurrent() {
        return Thread.currentThread() instanceof CacheThread;
    }
}
