package io.zonecache.server.lease;

import io.zonecache.model.CacheErrorCode;
import java.util.Locale;

/** Why a request for a fill lease is refused: what an operator can tell apart where the client needs only the code. */
public enum RefusalReason {
    /** Another client is filling the chunk, and was not done within the wait. */
    FILLING(CacheErrorCode.FILLING),
    /** The same question, by its nonce, has been asked again: only the newest is answered. */
    REPEATED(CacheErrorCode.FILLING),
    /** All leases of the node's share run. */
    SHARE_TAKEN(CacheErrorCode.ORIGIN_LIMIT),
    /** The client holds half of the node's share, all that one client may. */
    CLIENT_SHARE_TAKEN(CacheErrorCode.ORIGIN_LIMIT),
    /** The first lease lifetime of the process: leases of its former life may still run. */
    STARTING(CacheErrorCode.ORIGIN_LIMIT),
    NODE_QUEUE_FULL(CacheErrorCode.ORIGIN_LIMIT),
    CHUNK_QUEUE_FULL(CacheErrorCode.ORIGIN_LIMIT),
    /** The chunk is left alone for a while after a failed fill. */
    ORIGIN_FAILING(CacheErrorCode.ORIGIN_FAILED),
    /** The origin has denied the chunk to this client a moment ago; others may try. */
    ORIGIN_DENIED(CacheErrorCode.ORIGIN_FAILED),
    NOT_COORDINATOR(CacheErrorCode.NOT_COORDINATOR),
    DRAINING(CacheErrorCode.DRAINING),
    NO_VIEW(CacheErrorCode.BUSY),
    /** The zone's publisher has not been heard for so long that another node may be in this one's place. */
    CUT_OFF(CacheErrorCode.BUSY),
    /** New in a zone that has outgrown its expected nodes. */
    NEWCOMER(CacheErrorCode.BUSY);

    private final CacheErrorCode code;

    RefusalReason(CacheErrorCode code) {
        this.code = code;
    }

    public CacheErrorCode code() {
        return code;
    }

    /** As in metrics. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
