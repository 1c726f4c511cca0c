package io.zonecache.client.flight;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What {@link CompletableFuture} makes long-winded. */
public final class Completions {

    private Completions() {}

    /** Runs the consumer when the future is done; what it throws is lost. */
    @SuppressWarnings("FutureReturnValueIgnored") // Nobody waits for the consumer.
    public static <T> void whenDone(
            CompletableFuture<T> future, BiConsumer<? super @Nullable T, ? super @Nullable Throwable> consumer) {
        future.whenComplete(consumer);
    }

    /** Completes the target as the source does. */
    public static <T> void forward(CompletableFuture<T> source, CompletableFuture<T> target) {
        whenDone(source, (value, failure) -> {
            if (failure != null) {
                target.completeExceptionally(failure);
            } else {
                target.complete(value);
            }
        });
    }

    /** The failure as the client knows them: wrappings taken off, {@code INTERNAL} for what nobody foresaw. */
    public static CacheException cause(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof CacheException known
                ? known
                : new CacheException(CacheErrorCode.INTERNAL, "unexpected: " + cause, cause);
    }
}
