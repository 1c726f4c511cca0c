package io.zonecache.server;

import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** A node that could not start, with the reason in words. */
public final class NodeStartException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    NodeStartException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    static NodeStartException bind(String setting, String host, int port, CompletionException failure) {
        Throwable cause = failure.getCause() == null ? failure : failure.getCause();
        return new NodeStartException(
                setting + ": " + port + " on " + host + " can't be bound: " + cause.getMessage()
                        + " (expected: a free port)",
                cause);
    }
}
