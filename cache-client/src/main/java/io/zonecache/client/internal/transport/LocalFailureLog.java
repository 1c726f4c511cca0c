package io.zonecache.client.internal.transport;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * Logs that requests fail for want of something of the client's own. One every ten seconds is a warning, since a shortage fails thousands.
 * Thread-safe.
 */
final class LocalFailureLog {

    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Logger logger;
    private final LongSupplier clock;
    private final AtomicLong nextNanos;
    private final AtomicLong skipped = new AtomicLong();

    /** @param clock monotonic, in nanoseconds */
    LocalFailureLog(Logger logger, LongSupplier clock) {
        this.logger = logger;
        this.clock = clock;
        this.nextNanos = new AtomicLong(clock.getAsLong());
    }

    void log(String node, Throwable cause) {
        long now = clock.getAsLong();
        long next = nextNanos.get();
        if (now - next >= 0 && nextNanos.compareAndSet(next, now + PAUSE_NANOS)) {
            logger.warn(
                    "request to {} failed in the client; {} more such failures since the last warning",
                    node,
                    skipped.getAndSet(0),
                    cause);
        } else {
            skipped.incrementAndGet();
            logger.debug("request to {} failed in the client", node, cause);
        }
    }
}
