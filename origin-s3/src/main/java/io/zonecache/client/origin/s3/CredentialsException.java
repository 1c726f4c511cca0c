package io.zonecache.client.origin.s3;

import java.io.Serial;

/** Credentials could not be obtained: no request was sent, and another client may have some. */
final class CredentialsException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    CredentialsException(RuntimeException cause) {
        super(cause);
    }
}
