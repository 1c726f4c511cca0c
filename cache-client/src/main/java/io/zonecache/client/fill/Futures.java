package io.zonecache.client.fill;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One way to go on after a future, in which no failure gets lost. */
final class Futures {

    private Futures() {}

    /** Exactly one of the two runs to its end; what {@code onValue} throws goes to {@code onFailure}. */
    static <T> void then(CompletableFuture<T> future, Consumer<T> onValue, Consumer<CacheException> onFailure) {
        CompletableFuture<T> unused = future.whenComplete((value, failure) -> {
            CacheException problem = failure == null ? null : asCacheException(failure);
            if (problem == null) {
                try {
                    onValue.accept(value);
                } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
                    problem = asCacheException(e);
                }
            }
            if (problem != null) {
                onFailure.accept(problem);
            }
        });
    }

    /** What the call returns, or what it throws as a failed future. */
    static <T> CompletableFuture<T> call(Supplier<CompletableFuture<T>> call) {
        try {
            return call.get();
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** For futures that carry no value. */
    static void thenRun(CompletableFuture<?> future, Runnable next) {
        CompletableFuture<?> unused = future.whenComplete((value, failure) -> next.run());
    }

    static CacheException asCacheException(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof CacheException known) {
            return known;
        }
        return cause instanceof CancellationException
                ? closed(cause)
                : new CacheException(CacheErrorCode.INTERNAL, cause + " (expected: none)", cause);
    }

    static CacheException closed(@Nullable Throwable cause) {
        return new CacheException(CacheErrorCode.CLOSED, "cache: closed while the chunk was on its way", cause);
    }
}
