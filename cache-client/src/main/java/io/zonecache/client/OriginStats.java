package io.zonecache.client;

/**
 * How a cache used its origin: counts since it was built, and what is in flight now. Immutable.
 *
 * @param fetches attempts at the origin, retries included
 * @param retries attempts after the first one of a read
 * @param failures attempts that failed or returned wrong bytes
 * @param uncoordinated fetches without a lease, from the zone's origin reserve; each counts once, however many attempts it takes
 * @param absent answers that the origin has no such chunk, remembered ones included
 * @param refused loads that ended with {@code ORIGIN_LIMIT}
 * @param permitsInUse fetches and requests for the state of objects in flight now
 * @param permits maximum number of both in flight now
 * @param waiting loads that wait for a permit or a lease now
 * @param stats requests for the state of objects, retries included, however they ended
 */
public record OriginStats(
        long fetches,
        long retries,
        long failures,
        long uncoordinated,
        long absent,
        long refused,
        int permitsInUse,
        int permits,
        int waiting,
        long stats) {}
