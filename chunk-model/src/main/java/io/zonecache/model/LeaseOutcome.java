package io.zonecache.model;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How the holder of a fill lease ends it. */
public enum LeaseOutcome {
    /** The zone holds the chunk: at least k stripes were acknowledged. */
    FILLED,
    /** The origin, or the way to it, failed: the chunk is left alone for a while. */
    FAILED,
    /** The origin has no such chunk. */
    ABSENT,
    /** The origin did not let this client have the chunk: another one may have the right to it. Nodes of an earlier build don't know it. */
    DENIED,
    /**
     * Nothing was learned that concerns others, most often as the origin was not asked; said by naming no outcome. The next waiter gets the slot at
     * once.
     */
    UNUSED;

    /** The value of the query parameter {@code outcome}; null for {@link #UNUSED}, which a request says by having none. */
    public @Nullable String wireName() {
        return this == UNUSED ? null : name().toLowerCase(Locale.ROOT);
    }

    /**
     * The reverse of {@link #wireName}.
     *
     * @param text null if the request has no such parameter
     * @throws CacheException {@code BAD_REQUEST} for anything else than the four of the format
     */
    public static LeaseOutcome parse(@Nullable String text) {
        if (text == null) {
            return UNUSED;
        }
        for (LeaseOutcome outcome : values()) {
            if (text.equals(outcome.wireName())) {
                return outcome;
            }
        }
        throw new CacheException(
                CacheErrorCode.BAD_REQUEST, "outcome: \"" + text + "\" (expected: filled, failed, absent or denied)");
    }
}
