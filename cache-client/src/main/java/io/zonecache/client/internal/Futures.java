package io.zonecache.client.internal;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Continuations of a {@link CompletableFuture} in which no failure gets lost. */
public final class Futures {

    private Futures() {}

    /** Runs the consumer when the future is done; what it throws is lost. */
    @SuppressWarnings("FutureReturnValueIgnored") // Nothing waits for the consumer.
    public static <T> void whenDone(
            CompletableFuture<T> future, BiConsumer<? super @Nullable T, ? super @Nullable Throwable> consumer) {
        future.whenComplete(consumer);
    }

    /** The same for a continuation that needs no result. */
    public static void thenRun(CompletableFuture<?> future, Runnable next) {
        whenDone(future, (value, failure) -> next.run());
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

    /** Exactly one of the two runs to its end; what {@code onValue} throws, even an {@link Error}, goes to {@code onFailure}. */
    @SuppressWarnings("FutureReturnValueIgnored") // Each outcome goes to one of the two.
    public static <T> void then(CompletableFuture<T> future, Consumer<T> onValue, Consumer<CacheException> onFailure) {
        future.whenComplete((value, failure) -> {
            CacheException problem = failure == null ? null : asCacheException(failure);
            if (problem == null) {
                try {
                    onValue.accept(value);
                } catch (RuntimeException | Error e) {
                    problem = asCacheException(e);
                }
            }
            if (problem != null) {
                onFailure.accept(problem);
            }
        });
    }

    /** Returns the call's future or, if the call throws, even an {@link Error}, a failed one. */
    public static <T> CompletableFuture<T> call(Supplier<CompletableFuture<T>> call) {
        try {
            return call.get();
        } catch (RuntimeException | Error e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    /** The failure without its wrappers: {@code CLOSED} for a cancellation, {@code INTERNAL} for anything that is not a {@link CacheException}. */
    public static CacheException asCacheException(Throwable failure) {
        Throwable cause = failure;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof CacheException known) {
            return known;
        }
        return cause instanceof CancellationException
                ? closed(cause)
                : new CacheException(CacheErrorCode.INTERNAL, "unexpected: " + cause, cause);
    }

    /** {@code CLOSED}, with its cause if there is one. */
    public static CacheException closed(@Nullable Throwable cause) {
        return new CacheException(CacheErrorCode.CLOSED, "cache: closed before the operation completed", cause);
    }
}
