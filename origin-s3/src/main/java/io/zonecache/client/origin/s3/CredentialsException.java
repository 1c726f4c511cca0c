package io.zonecache.client.origin.s3;

import java.io.Serial;

/** Credentials could not be obtained: no request was sent, and another client may have some. */
final class CredentialsException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final RuntimeException reason;

    CredentialsException(RuntimeException reason) {
        super(reason);
        this.reason = reason;
    }

    /** What the provider threw. */
    RuntimeException reason() {
        return reason;
    }
}
