package io.zonecache.server.lease;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.zonecache.model.ChunkKey;
import io.zonecache.server.lease.LeaseAnswer.Refused;

/** What the table refuses in its own right, in words. */
final class Refusals {

    private static final long RETRY_MILLIS = 1_000;

    private final LeaseLimits limits;

    Refusals(LeaseLimits limits) {
        this.limits = limits;
    }

    /** @param leftNanos of the lease of the one who fills it */
    Refused filling(ChunkKey key, long leftNanos) {
        long leftMillis = NANOSECONDS.toMillis(leftNanos);
        return new Refused(
                RefusalReason.FILLING,
                "chunk " + key + ": being filled for " + (limits.lifetimeMillis() - leftMillis)
                        + " ms (expected: its end, in " + leftMillis + " ms at the latest)",
                0);
    }

    Refused repeated(ChunkKey key) {
        return new Refused(
                RefusalReason.REPEATED,
                "chunk " + key + ": asked again with the same nonce (expected: one question at a time)",
                0);
    }

    Refused starting(long ageNanos) {
        long ageMillis = NANOSECONDS.toMillis(ageNanos);
        return new Refused(
                RefusalReason.STARTING,
                "age of this node's process: " + ageMillis + " ms (expected: at least " + limits.lifetimeMillis()
                        + ", so that no lease of its former life runs)",
                Math.max(RETRY_MILLIS, limits.lifetimeMillis() - ageMillis));
    }

    Refused shareTaken(int running, int share) {
        return new Refused(
                RefusalReason.SHARE_TAKEN,
                "leases running on this node: " + running + " (expected: fewer than its share, " + share + ")",
                RETRY_MILLIS);
    }

    Refused clientShareTaken(String client, int held, int maximum) {
        return new Refused(
                RefusalReason.CLIENT_SHARE_TAKEN,
                "leases of client " + client + " on this node: " + held + " (expected: fewer than " + maximum
                        + ", half of its share)",
                RETRY_MILLIS);
    }

    Refused nodeQueueFull() {
        return queueFull(RefusalReason.NODE_QUEUE_FULL, "node", limits.maxWaiting());
    }

    Refused chunkQueueFull(ChunkKey key) {
        return queueFull(RefusalReason.CHUNK_QUEUE_FULL, "chunk " + key, limits.maxWaitingPerChunk());
    }

    private static Refused queueFull(RefusalReason reason, String what, int bound) {
        return new Refused(
                reason, what + ": " + bound + " requests wait (expected: fewer than " + bound + ")", RETRY_MILLIS);
    }
}
