package io.zonecache.client;

import java.util.List;

/**
 * The result of priming a chunk. Immutable.
 *
 * @param stripes how many stripes the chunk has
 * @param needed how many of them a reader needs
 * @param acknowledged how many stripes nodes have acknowledged
 * @param failures one message for each node that did not acknowledge
 */
public record PrimeResult(int stripes, int needed, int acknowledged, List<String> failures) {

    /** Copies the list. */
    public PrimeResult {
        failures = List.copyOf(failures);
    }

    /** Whether the zone can serve the chunk now. */
    public boolean isReadable() {
        return acknowledged >= needed;
    }

    /** Whether the zone can also lose as many stripes as its code allows. */
    public boolean isComplete() {
        return acknowledged == stripes;
    }
}
