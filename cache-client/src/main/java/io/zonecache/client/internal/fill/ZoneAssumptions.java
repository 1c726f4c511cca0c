package io.zonecache.client.internal.fill;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.ZoneSettings;
import org.jspecify.annotations.Nullable;

/**
 * What a client that knows no view yet may assume about its zone, because its configuration says so.
 *
 * @param keyScheme null: a chunk is accepted only if its SHA-256 is its key
 * @param originReserve null: fetches without a lease use this client's part of the default reserve
 * @param expectedClients number of clients that share the reserve
 */
public record ZoneAssumptions(
        @Nullable KeyScheme keyScheme, @Nullable Integer originReserve, int expectedClients) {

    /** A client's part of the default reserve among the default number of clients: the part of the time spent on one fetch. */
    private static final double UNKNOWN_RESERVE_SHARE =
            (double) ZoneSettings.DEFAULT_ORIGIN_RESERVE / ZoneSettings.DEFAULT_EXPECTED_CLIENTS;

    static final ZoneAssumptions NONE = new ZoneAssumptions(null, null, ZoneSettings.DEFAULT_EXPECTED_CLIENTS);

    /** The terms of a fetch without a lease: those of the zone's settings if they are known. */
    ReserveTerms reserve(@Nullable ZoneSettings known) {
        if (known != null) {
            double share = (double) known.originReserve() / known.expectedClients();
            return new ReserveTerms(share, known.keyScheme(), false);
        }
        return originReserve == null
                ? new ReserveTerms(UNKNOWN_RESERVE_SHARE, keyScheme, true)
                : new ReserveTerms((double) originReserve / expectedClients, keyScheme, false);
    }

    /**
     * @param share concurrent fetches or, below one, the part of the time spent on one
     * @param isUnknown whether the share stands in for one that no node has reported
     */
    record ReserveTerms(double share, @Nullable KeyScheme keyScheme, boolean isUnknown) {

        /**
         * The failure of a read that got no permit.
         *
         * @param unreachableReason why no node answers, as far as is known
         * @param why there is no permit
         */
        CacheException refusal(
                ChunkKey key, @Nullable String unreachableReason, String why, @Nullable CacheException cause) {
            return new CacheException(
                    CacheErrorCode.ORIGIN_LIMIT,
                    "chunk " + key
                            + ": none of its nodes can be reached"
                            + (unreachableReason == null ? "" : " (" + unreachableReason + ")")
                            + ", and this client's part of the origin reserve has no"
                            + " permit for it in time: " + why
                            + (isUnknown
                                    ? "; the reserve is not known (expected: a view of the zone, or the client's setting"
                                            + " originReserve)"
                                    : " (expected: a node that answers)"),
                    cause);
        }
    }
}
