package io.zonecache.client.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class CompletionExecutorTest {

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final CompletionExecutor completions = new CompletionExecutor(tasks::add);

    @Test
    void shouldCompleteACallersFutureOnTheExecutorAsTheSourceEnds() {
        CompletableFuture<Integer> source = new CompletableFuture<>();
        CompletableFuture<Integer> failing = new CompletableFuture<>();
        CompletableFuture<Integer> caller = completions.forCaller(source);
        CompletableFuture<Integer> failed = completions.forCaller(failing);
        source.complete(7);
        failing.completeExceptionally(new IllegalStateException("no"));
        assertThat(caller).isNotDone();
        tasks.forEach(Runnable::run);
        assertThat(caller).isCompletedWithValue(7);
        assertThat(failed).isCompletedExceptionally();
    }

    @Test
    void shouldCancelTheSourceWithTheCallersFuture() {
        CompletableFuture<Integer> source = new CompletableFuture<>();
        completions.forCaller(source).cancel(false);
        assertThat(source).isCancelled();
    }

    @Test
    void shouldCompleteDirectlyWithoutAnExecutorAndWhereItThrows() {
        CompletionExecutor direct = new CompletionExecutor(null);
        CompletionExecutor rejecting = new CompletionExecutor(task -> {
            throw new RejectedExecutionException("full");
        });
        CompletionExecutor broken = new CompletionExecutor(task -> {
            throw new NoClassDefFoundError("missing");
        });
        AtomicInteger completed = new AtomicInteger();
        direct.complete(completed::incrementAndGet);
        rejecting.complete(completed::incrementAndGet);
        rejecting.complete(completed::incrementAndGet);
        broken.complete(completed::incrementAndGet);
        assertThat(completed).hasValue(4);
        CompletableFuture<Integer> source = new CompletableFuture<>();
        CompletableFuture<Integer> caller = rejecting.forCaller(source);
        source.complete(3);
        assertThat(caller).isCompletedWithValue(3);
    }
}
