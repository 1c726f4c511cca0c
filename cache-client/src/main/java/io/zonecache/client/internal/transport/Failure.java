package io.zonecache.client.internal.transport;

/** Why a request has no whole answer. */
enum Failure {
    /** The node's host refused or reset the connection, or ended it before an answer began, even a fresh one. */
    REFUSED,
    /**
     * No address was found for the node's name, or no route to it, for as long as connecting may take. This client's own network may be the cause.
     */
    UNREACHABLE,
    /** Written, or connecting, without an outcome in time. */
    TIMEOUT,
    /** The answer broke off. */
    CUT_OFF,
    /** Not written: a shortage of this client's own, or it was closed. Says nothing about the node. */
    NOT_SENT,
    /** Written at some time, and ended by a failure or shortage of this client's own. Says nothing about the node. */
    CLIENT_ERROR
}
