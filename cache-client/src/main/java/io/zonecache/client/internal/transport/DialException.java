package io.zonecache.client.internal.transport;

import java.io.Serial;

/** Why there is no connection. */
final class DialException extends Exception {

    @Serial
    private static final long serialVersionUID = 1;

    private final Failure failure;
    private final boolean isProtocolMismatch;

    DialException(Failure failure, boolean isProtocolMismatch, String message) {
        super(message, null, false, false);
        this.failure = failure;
        this.isProtocolMismatch = isProtocolMismatch;
    }

    /** What happened, in words. */
    String reason() {
        return String.valueOf(getMessage());
    }

    Failure failure() {
        return failure;
    }

    /** Whether something listens at the address that does not speak HTTP/2. */
    boolean isProtocolMismatch() {
        return isProtocolMismatch;
    }
}
