package io.zonecache.client.origin;

import io.zonecache.model.StripeRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * Bounds of an origin in one process. Immutable.
 *
 * @param threads maximum number of calls at once, 1 to 10,000
 * @param queueLength maximum number of calls that wait for a thread, 0 to 1,000,000; beyond it they fail with {@code BUSY}
 * @param maxChunkBytes longer objects are refused unread, 1 B to 16 MiB
 */
public record OriginLimits(int threads, int queueLength, int maxChunkBytes) {

    private static final int MAX_THREADS = 10_000;
    private static final int MAX_QUEUE_LENGTH = 1_000_000;

    /** 16 threads, 1,024 calls that wait, 16 MiB. */
    public static final OriginLimits DEFAULT = new OriginLimits(16, 1_024, StripeRecord.MAX_CHUNK_BYTES);

    /** @throws IllegalArgumentException naming every value that is out of range */
    public OriginLimits {
        List<String> errors = new ArrayList<>();
        check(errors, "threads", threads, 1, MAX_THREADS);
        check(errors, "queueLength", queueLength, 0, MAX_QUEUE_LENGTH);
        check(errors, "maxChunkBytes", maxChunkBytes, 1, StripeRecord.MAX_CHUNK_BYTES);
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", errors));
        }
    }

    /** The same with another number of calls at once. */
    public OriginLimits withThreads(int newThreads) {
        return new OriginLimits(newThreads, queueLength, maxChunkBytes);
    }

    /** The same with another number of calls that may wait. */
    public OriginLimits withQueueLength(int newQueueLength) {
        return new OriginLimits(threads, newQueueLength, maxChunkBytes);
    }

    /** The same with another maximum length. */
    public OriginLimits withMaxChunkBytes(int newMaxChunkBytes) {
        return new OriginLimits(threads, queueLength, newMaxChunkBytes);
    }

    private static void check(List<String> errors, String name, long value, long min, long max) {
        if (value < min || value > max) {
            errors.add(name + ": " + value + " (expected: " + min + ".." + max + ")");
        }
    }
}
