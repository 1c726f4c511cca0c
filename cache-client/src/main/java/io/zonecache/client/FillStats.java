package io.zonecache.client;

/**
 * Counts since the start, and what is under way now.
 *
 * @param originFetches attempts at the origin, retries included
 * @param originRetries attempts after the first of a read
 * @param originFailures attempts that failed or brought wrong bytes
 * @param uncoordinatedFetches attempts without a lease, out of the zone's reserve
 * @param absent answers that the origin has no such chunk, remembered ones included
 * @param refused reads that ended with {@code ORIGIN_LIMIT}
 * @param leases granted to this client
 * @param leasesUnused returned without asking the origin
 * @param filledByOthers reads that found the chunk in the zone after all
 * @param writeBacks fills of which at least k stripes were acknowledged
 * @param writeBacksFailed fills of which fewer were
 * @param repairs stripes that repair stored
 * @param repairsDropped stripes that it left for lack of budget or success
 * @param permitsInUse origin permits taken now
 * @param permits the origin limit now
 * @param waiting reads that wait for a permit or a lease now
 * @param bytesInFlight of write-backs, priming and repairs now
 */
public record FillStats(
        long originFetches,
        long originRetries,
        long originFailures,
        long uncoordinatedFetches,
        long absent,
        long refused,
        long leases,
        long leasesUnused,
        long filledByOthers,
        long writeBacks,
        long writeBacksFailed,
        long repairs,
        long repairsDropped,
        int permitsInUse,
        int permits,
        int waiting,
        long bytesInFlight) {}
