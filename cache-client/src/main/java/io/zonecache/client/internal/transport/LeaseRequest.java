package io.zonecache.client.internal.transport;

/**
 * A question for a chunk's fill lease.
 *
 * @param waitMillis how long the node may keep it waiting; 0 for an answer at once
 * @param seenFilled whether the client has read the zone again after {@code FILLED} and still missed
 * @param nonce drawn once for a question and kept when it is asked again, so that a node whose answer got lost gives the same one
 */
public record LeaseRequest(long waitMillis, boolean seenFilled, long nonce) {}
