package io.zonecache.client.internal.transport;

/** What became of a request that has no whole answer. */
enum Failure {
    /** Nothing listens there, or the connection ended before an answer began, a fresh one too. */
    REFUSED,
    /** Written, or connecting, and nothing came of it in time. */
    TIMEOUT,
    /** The answer broke off. */
    CUT_OFF,
    /** Not written: a shortage of this client's own, or it was closed. Says nothing of the node. */
    NOT_SENT,
    /** This client failed, not the node, after it had begun to write. */
    CLIENT_ERROR
}
