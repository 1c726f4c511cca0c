package io.zonecache.client.internal.transport;

import io.zonecache.model.CacheErrorCode;

/** A coordinator's answer to a request for a fill lease. */
public sealed interface LeaseReply {

    /** The caller may fetch this chunk from the origin, once. */
    record Granted(String lease, long expiresInMillis) implements LeaseReply {}

    /** The chunk has been filled: read the zone again. */
    record Filled() implements LeaseReply {}

    /** The origin has no such chunk, as a read by the same kind of key found a moment ago. */
    record Absent() implements LeaseReply {}

    /** {@code FILLING}, {@code ORIGIN_LIMIT}, {@code ORIGIN_FAILED}, {@code NOT_COORDINATOR}, {@code BUSY}, ... */
    record Refused(CacheErrorCode code, String detail, long retryAfterMillis) implements LeaseReply {}

    /** The node could not be asked: the next one of the placement may be. */
    record Unreachable(String reason) implements LeaseReply {}

    /** The request was not written, for a shortage of this client's own: says nothing about the node. */
    record NotSent(String reason) implements LeaseReply {}
}
