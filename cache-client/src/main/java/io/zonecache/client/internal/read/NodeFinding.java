package io.zonecache.client.internal.read;

import io.zonecache.model.ZoneNode;
import java.util.Set;

/**
 * What a read learnt about one node of a chunk's placement.
 *
 * @param indexes of the chunk's stripes that it sent, verified
 */
public record NodeFinding(ZoneNode node, State state, Set<Integer> indexes) {

    /** What matters for repair. */
    public enum State {
        /** Sent good stripes, and no bad one. */
        HELD,
        /** Holds none. */
        MISSING,
        /** Holds none, and asked this reader to repair. */
        WANTED,
        /** Sent a bad stripe, which has been reported. */
        CORRUPT,
        /** Did not answer in time, or can't be reached. */
        UNKNOWN
    }

    public NodeFinding {
        indexes = Set.copyOf(indexes);
    }
}
