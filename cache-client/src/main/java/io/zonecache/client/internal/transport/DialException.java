package io.zonecache.client.internal.transport;

import java.io.Serial;

/** Why there is no connection. */
final class DialException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    private final Failure failure;
    private final Handshake handshake;

    DialException(Failure failure, String message) {
        this(failure, Handshake.NOT_BEGUN, message);
    }

    DialException(Failure failure, Handshake handshake, String message) {
        super(message, null, false, false);
        this.failure = failure;
        this.handshake = handshake;
    }

    /** What happened, in words. */
    String reason() {
        return String.valueOf(getMessage());
    }

    Failure failure() {
        return failure;
    }

    Handshake handshake() {
        return handshake;
    }

    /** What became of the handshake of HTTP/2. */
    enum Handshake {
        /** There was none, or nothing came of it. */
        NOT_BEGUN,
        /** Something listens at the address and has answered in another protocol. */
        NOT_HTTP_2,
        /** The other end closed the connection: it does not speak HTTP/2, takes no further connection, or is about to start. */
        CLOSED
    }
}
