package io.zonecache.client.internal.transport;

import io.zonecache.model.CacheErrorCode;

/** Whether a write was acknowledged. */
public sealed interface PutReply {

    record Acknowledged() implements PutReply {}

    /** The node's own answer. */
    record Refused(CacheErrorCode code, String detail, long retryAfterMillis) implements PutReply {}

    /** No answer: the write may or may not have happened. */
    record Unknown(String reason) implements PutReply {}

    /** The request was not written, for a shortage of this client's own: the write did not happen. */
    record NotSent(String reason) implements PutReply {}
}
