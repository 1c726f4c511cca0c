package io.zonecache.client.internal.time;

/** A thread of a cache's own. Whoever waits for a read on it may wait for himself. */
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
