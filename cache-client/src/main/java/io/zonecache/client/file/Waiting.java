package io.zonecache.client.file;

import io.zonecache.model.CacheException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waits for futures on threads that may block, and reports failures as {@link IOException}s. */
final class Waiting {

    private Waiting() {}

    /** @param what for messages */
    static <T> T await(CompletableFuture<T> future, String what) throws IOException {
        try {
            return future.get();
        } catch (InterruptedException e) {
            future.cancel(false);
            Thread.currentThread().interrupt();
            throw interrupted(what);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            String words = cause instanceof CacheException known ? known.getMessage() : cause.toString();
            throw new IOException("reading " + what + ": " + words, cause);
        }
    }

    static InterruptedIOException interrupted(String what) {
        return new InterruptedIOException("reading " + what + ": interrupted");
    }
}
