package io.zonecache.client.internal.transport;

import io.zonecache.model.KeyKind;

/**
 * A request for a chunk's fill lease.
 *
 * @param kind of the key that the asker reads by: {@code ABSENT} holds for askers of the same kind only
 * @param waitMillis how long the node may hold the request; 0 for an answer at once
 * @param seenFilled whether the client has read the zone again after {@code FILLED} and still missed
 * @param nonce drawn once for a request and kept when it is repeated, so that a node whose answer got lost grants the same lease
 */
public record LeaseRequest(KeyKind kind, long waitMillis, boolean seenFilled, long nonce) {}
