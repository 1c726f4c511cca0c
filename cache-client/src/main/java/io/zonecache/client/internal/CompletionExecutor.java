package io.zonecache.client.internal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Completes callers' futures, on the configured executor if there is one, so that dependent stages run there and not on a thread that the cache
 * needs. If the executor rejects a task, the future is completed at once. Safe for concurrent use.
 */
public final class CompletionExecutor {

    private static final Logger LOG = LoggerFactory.getLogger(CompletionExecutor.class);

    private final @Nullable Executor executor;
    private final AtomicBoolean hasWarned = new AtomicBoolean();

    /** @param executor null completes futures on the thread that has the result */
    public CompletionExecutor(@Nullable Executor executor) {
        this.executor = executor;
    }

    /** @param completion may be run twice, if an executor both runs it and throws */
    public void complete(Runnable completion) {
        if (executor == null) {
            completion.run();
            return;
        }
        try {
            executor.execute(completion);
        } catch (RuntimeException | Error e) {
            if (hasWarned.compareAndSet(false, true)) {
                LOG.warn("the completion executor takes no task, so futures are completed on the cache's threads", e);
            }
            completion.run();
        }
    }

    /** A future for a caller that completes as the source does; cancelling it cancels the source. */
    public <T> CompletableFuture<T> forCaller(CompletableFuture<T> source) {
        if (executor == null || source.isDone()) {
            return source;
        }
        CompletableFuture<T> caller = new CompletableFuture<>();
        Futures.whenDone(
                source,
                (value, failure) -> complete(() -> {
                    if (failure != null) {
                        caller.completeExceptionally(failure);
                    } else {
                        caller.complete(value);
                    }
                }));
        Futures.whenDone(caller, (value, failure) -> source.cancel(false));
        return caller;
    }
}
