package io.zonecache.testkit.network;

/**
 * What became of the messages of a {@link SimulatedNetwork} so far; requests and answers are a message each. Immutable.
 *
 * @param sent handed to the network
 * @param delivered arrived at an endpoint that took them
 * @param refused arrived where nobody listens
 * @param lost by chance
 * @param dropped sent across a partition, or to or from a black hole
 */
public record NetworkCounts(long sent, long delivered, long refused, long lost, long dropped) {

    /** Messages that are on their way now. */
    public long inFlight() {
        return sent - delivered - refused - lost - dropped;
    }
}
