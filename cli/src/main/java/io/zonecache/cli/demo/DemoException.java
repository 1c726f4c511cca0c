package io.zonecache.cli.demo;

import org.jspecify.annotations.Nullable;

/** The demo can't go on; the message is all that its user needs. */
final class DemoException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DemoException(String message) {
        super(message);
    }

    DemoException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
