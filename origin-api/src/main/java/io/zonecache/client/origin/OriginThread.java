package io.zonecache.client.origin;

/** A thread of an origin. A blocking read on it may deadlock, since the read may need this thread. */
public final class OriginThread extends Thread {

    /** A daemon, not started. */
    OriginThread(Runnable task, String name) {
        super(task, name);
        setDaemon(true);
    }

    /** Whether the current thread is one. */
    public static boolean isCurrent() {
        return Thread.currentThread() instanceof OriginThread;
    }
}
