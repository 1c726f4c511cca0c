package io.zonecache.server.lease;

/**
 * Bounds and times of leases.
 *
 * @param lifetimeMillis of a lease, without renewal; the client aborts its fetch at 80 % of it
 * @param maxWaitMillis longest wait that a request may ask for; longer ones are cut
 * @param maxWaiting most requests that wait on this node
 * @param maxWaitingPerChunk so that one chunk can't take the whole queue
 * @param filledMillis how long {@code FILLED} is remembered
 * @param absentMillis how long {@code ABSENT} is remembered, less 0-20 % so that not all askers return at once; also how long a client is turned away to which the origin has denied a chunk
 * @param firstBackoffMillis for how long a chunk is left alone after a failed fill; doubles with each further one
 * @param maxBackoffMillis bound of that
 * @param maxRemembered most chunks remembered of each kind (filled, absent, failed, denied, expired)
 * @param trustMillis for how long a node cut off from the zone's publisher goes on granting; with the lifetime well below the
 *     time after which a silent node is taken out, so that its successor finds it stopped
 */
public record LeaseLimits(
        long lifetimeMillis,
        long maxWaitMillis,
        int maxWaiting,
        int maxWaitingPerChunk,
        long filledMillis,
        long absentMillis,
        long firstBackoffMillis,
        long maxBackoffMillis,
        int maxRemembered,
        long trustMillis) {

    /** A herd waits at about 100 bytes a request; remembered chunks take about as much. */
    public static final LeaseLimits DEFAULT =
            new LeaseLimits(5_000, 2_000, 4_096, 1_024, 2_000, 5_000, 1_000, 15_000, 16_384, 60_000);

    public LeaseLimits {
        requireAtLeastOne("lifetimeMillis", lifetimeMillis);
        requireAtLeastOne("maxWaitMillis", maxWaitMillis);
        requireAtLeastOne("maxWaiting", maxWaiting);
        requireAtLeastOne("maxWaitingPerChunk", maxWaitingPerChunk);
        requireAtLeastOne("filledMillis", filledMillis);
        requireAtLeastOne("absentMillis", absentMillis);
        requireAtLeastOne("firstBackoffMillis", firstBackoffMillis);
        requireAtLeastOne("maxRemembered", maxRemembered);
        requireAtLeastOne("trustMillis", trustMillis);
        if (maxBackoffMillis < firstBackoffMillis) {
            throw new IllegalArgumentException("maxBackoffMillis: " + maxBackoffMillis
                    + " (expected: at least firstBackoffMillis, " + firstBackoffMillis + ")");
        }
    }

    private static void requireAtLeastOne(String field, long value) {
        if (value < 1) {
            throw new IllegalArgumentException(field + ": " + value + " (expected: at least 1)");
        }
    }
}
