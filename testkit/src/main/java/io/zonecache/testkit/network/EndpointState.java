package io.zonecache.testkit.network;

/** What an endpoint does with that which arrives. */
public enum EndpointState {
    UP,
    /** Nobody listens: the caller hears of it. */
    REFUSING,
    /** Nothing arrives, nothing is answered, and what it sends itself is dropped: a machine that is frozen or gone. */
    BLACK_HOLE
}
