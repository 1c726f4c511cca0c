package io.zonecache.client.internal.transport;

import io.zonecache.model.StripeHeader;
import java.util.List;

/** What a node has of a chunk, as far as this request could find out. */
public sealed interface GetReply {

    /**
     * The node answered with records.
     *
     * @param verified those that the sink took, with their checksum right and their target not cut off
     * @param corrupt records whose checksum failed, whose key is another chunk's, or that were not records
     */
    record Stripes(List<Received> verified, int corrupt) implements GetReply {}

    /**
     * A miss.
     *
     * @param wanted whether this reader may repair here
     */
    record Missing(boolean wanted) implements GetReply {}

    /** The operator has purged the chunk. */
    record Purged() implements GetReply {}

    /** The node cannot provide it: connection refused or reset before an answer, or not a node. */
    record Lost(String reason) implements GetReply {}

    /** Nothing is known. */
    record Unknown(Cause cause, String reason) implements GetReply {}

    /** A stripe that has arrived whole, in the target that the sink gave for it. */
    record Received(StripeHeader header, PayloadTarget target) {}

    /** Why nothing is known: a node that refuses is alive, one that says nothing may not be. */
    enum Cause {
        /**
         * The request was written, and the node has been silent for its time or has not sent the whole answer in time; or no connection could be
         * made in the time for that, including if the node's name was not found or there was no route to it.
         */
        TIMEOUT,
        /** The node answered that it is busy, draining, or failing. */
        REFUSED,
        /** The answer broke off. */
        CUT_OFF,
        /**
         * This client could not send the request, or failed after writing it: too many requests wait for the node, the client is closing, or an
         * error of its own. Says nothing about the node.
         */
        NOT_SENT
    }
}
