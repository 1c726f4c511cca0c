package io.zonecache.server.command;

import io.zonecache.server.CacheNode;
import org.jspecify.annotations.Nullable;

/**
 * What a process does when it is told to stop: at the first signal it stops its node with care, as soon as that has started; at the
 * second it hurries. Thread-safe.
 */
final class StopSignals {

    private final Runnable ending;
    private @Nullable CacheNode node;
    private int signals;

    /** @param ending ends the process, which obeyed */
    StopSignals(Runnable ending) {
        this.ending = ending;
    }

    /** The node is there. */
    synchronized void started(CacheNode running) {
        node = running;
        if (signals > 0) {
            stop(running);
        }
    }

    /** One more signal. Returns at once. */
    synchronized void signalled() {
        signals++;
        CacheNode running = node;
        if (running == null) {
            // Starting takes a moment and then stops; who says it twice does not want to wait for that.
            if (signals > 1) {
                ending.run();
            }
        } else if (signals == 1) {
            stop(running);
        } else {
            running.hurry();
        }
    }

    private void stop(CacheNode running) {
        new Thread(
                        () -> {
                            running.shutDown();
                            ending.run();
                        },
                        "stop")
                .start();
    }
}
