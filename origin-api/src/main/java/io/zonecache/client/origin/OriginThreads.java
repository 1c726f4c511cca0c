package io.zonecache.client.origin;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.IoReasons;
import java.nio.file.FileSystemException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs an origin's blocking calls on its own bounded daemon threads. Each call is ended by its {@link FetchTimeouts}, whose total counts from when
 * the call was submitted, so that a caller never waits longer, whatever the call is stuck in.
 */
public final class OriginThreads implements AutoCloseable {

    private static final long IDLE_SECONDS = 30;

    private final String origin;
    private final ThreadPoolExecutor executor;
    private final CallTimer timer;

    /** Calls that have not ended, and what fails each as the threads close. */
    private final Map<Call, Runnable> open = new ConcurrentHashMap<>();

    /**
     * Threads that start on demand and end when they are idle.
     *
     * @param origin for messages
     * @param limits calls at once, and calls that wait for a thread
     */
    public OriginThreads(String origin, OriginLimits limits) {
        this(origin, limits, CallTimer.start());
    }

    OriginThreads(String origin, OriginLimits limits, CallTimer timer) {
        this.origin = origin;
        this.timer = timer;
        AtomicInteger number = new AtomicInteger();
        this.executor = new ThreadPoolExecutor(
                limits.threads(),
                limits.threads(),
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(limits.queueLength() + 1), // the JDK allows no capacity of 0
                task -> new OriginThread(task, "zonecache-origin-" + number.incrementAndGet()));
        executor.allowCoreThreadTimeOut(true);
    }

    /**
     * A call to the origin that blocks its thread.
     *
     * @param <T> type of its result
     */
    @FunctionalInterface
    public interface BlockingCall<T> {

        /**
         * Makes the call.
         *
         * @param running is given the way to end the call early, and is notified of progress
         * @return the result
         * @throws Exception a {@link CacheException} fails the call as it is, all else as {@code ORIGIN_FAILED}
         */
        @Nullable
        T run(Call running) throws Exception;
    }

    /**
     * Runs a call as soon as a thread is free. The future fails as the call does, with {@code ORIGIN_FAILED} at a timeout, {@code BUSY} if too many
     * calls wait (not {@code ORIGIN_LIMIT}, which is the origin's own word), or {@code CLOSED}.
     *
     * @param <T> type of the result
     * @param what for messages: the call and the chunk
     * @param timeouts how long it may take
     * @param call what to run
     * @return completes with the call's result; cancelling it aborts the call
     */
    public <T> CompletableFuture<T> submit(String what, FetchTimeouts timeouts, BlockingCall<T> call) {
        CompletableFuture<T> result = new CompletableFuture<>();
        Call running = new Call();
        long startNanos = timer.nanoTime();
        open.put(running, () -> result.completeExceptionally(closed(what)));
        CompletableFuture<T> unused = result.whenComplete((value, failure) -> {
            open.remove(running);
            running.stopWatching();
            if (failure != null) {
                running.abort();
            }
        });
        try {
            watch(what, timeouts, startNanos, running, result, Math.min(timeouts.idleMillis(), timeouts.totalMillis()));
            executor.execute(() -> run(what, call, running, result));
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(rejected(what));
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(failed(what + ": not started: " + e, e));
        }
        return result;
    }

    /** Checks after a while whether the call has made progress, and ends it if not. */
    private <T> void watch(
            String what,
            FetchTimeouts timeouts,
            long startNanos,
            Call running,
            CompletableFuture<T> result,
            long inMillis) {
        running.setWatch(timer.schedule(TimeUnit.MILLISECONDS.toNanos(inMillis), () -> {
            try {
                check(what, timeouts, startNanos, running, result);
            } catch (RuntimeException | Error e) {
                // Without a timer the call might never end.
                result.completeExceptionally(failed(what + ": " + e, e));
            }
        }));
    }

    private <T> void check(
            String what, FetchTimeouts timeouts, long startNanos, Call running, CompletableFuture<T> result) {
        if (result.isDone()) {
            return;
        }
        long now = timer.nanoTime();
        long leftMillis = timeouts.totalMillis() - TimeUnit.NANOSECONDS.toMillis(now - startNanos);
        long quietMillis = timeouts.idleMillis() - running.silentMillis(now);
        long next = Math.min(leftMillis, quietMillis);
        if (next > 0) {
            watch(what, timeouts, startNanos, running, result, next);
        } else {
            String awaited = running.waitsFor;
            String missing = awaited == null ? "no answer from " + origin : "no " + awaited + " for " + origin;
            result.completeExceptionally(failed(
                    what + ": " + missing + " (expected: within " + timeouts.totalMillis() + " ms, with no pause of "
                            + timeouts.idleMillis() + " ms)",
                    null));
        }
    }

    private <T> void run(String what, BlockingCall<T> call, Call running, CompletableFuture<T> result) {
        if (!running.begin()) {
            return;
        }
        try {
            result.complete(call.run(running));
        } catch (CacheException e) {
            result.completeExceptionally(e);
        } catch (Exception | Error e) {
            String found =
                    e instanceof FileSystemException file ? file.getFile() + ": " + IoReasons.of(file) : e.toString();
            result.completeExceptionally(failed(what + ": " + found + " (expected: an answer of " + origin + ")", e));
        } finally {
            running.end();
        }
    }

    private CacheException rejected(String what) {
        return executor.isShutdown()
                ? closed(what)
                : new CacheException(
                        CacheErrorCode.BUSY,
                        what + ": " + executor.getQueue().size() + " calls wait for " + origin
                                + " already (expected: room for one more)");
    }

    private static CacheException failed(String detail, @Nullable Throwable cause) {
        return new CacheException(CacheErrorCode.ORIGIN_FAILED, detail, cause);
    }

    private CacheException closed(String what) {
        return new CacheException(CacheErrorCode.CLOSED, what + ": " + origin + " is closed");
    }

    private static CacheException failureOf(ExecutionException failure) {
        Throwable cause = failure.getCause();
        return cause instanceof CacheException known
                ? known
                : new CacheException(CacheErrorCode.INTERNAL, "unexpected: " + cause, cause);
    }

    /** Fails all calls with {@code CLOSED}: those in flight are aborted, those that wait never run. */
    @Override
    public void close() {
        executor.shutdown();
        open.values().forEach(Runnable::run);
        executor.shutdownNow();
        timer.close();
    }

    /** One blocking call: whether it makes progress, and how it is ended early: by an interrupt, and by the action that it has set. Thread-safe. */
    public final class Call {

        private @Nullable Thread thread;
        private @Nullable Runnable action;
        private @Nullable Runnable watch;
        private boolean aborted;
        private boolean isOver;

        /** What of this process the call waits for; null while the origin has the word. */
        private volatile @Nullable String waitsFor = "free thread";

        private volatile long progressNanos;

        private Call() {}

        /** To be called when something has come from the origin: it is not silent. */
        public void recordProgress() {
            progressNanos = timer.nanoTime();
            waitsFor = null;
        }

        /**
         * Waits for a resource of this process, which is no silence of the origin.
         *
         * @param future completes when the resource is there
         * @throws InterruptedException if the call is aborted meanwhile
         * @throws CacheException as the future fails
         */
        public void await(CompletableFuture<?> future) throws InterruptedException {
            waitsFor = "memory";
            try {
                future.get();
            } catch (ExecutionException e) {
                throw failureOf(e);
            } finally {
                recordProgress();
            }
        }

        /**
         * Does something that takes time and is no silence of the origin, such as obtaining credentials.
         *
         * @param <T> type of the result
         * @param resource what is obtained, for messages
         * @param work may throw
         * @return what the work returns
         */
        public <T> T obtain(String resource, Supplier<T> work) {
            waitsFor = resource;
            try {
                return work.get();
            } finally {
                recordProgress();
            }
        }

        /**
         * Sets what is done when the call is to end early, besides an interrupt of its thread.
         *
         * @param newAction runs on any thread; at once, if the call is to end already
         */
        public void onAbort(Runnable newAction) {
            boolean now;
            synchronized (this) {
                action = newAction;
                now = aborted;
            }
            if (now) {
                newAction.run();
            }
        }

        /** How long the origin has been silent; 0 while the call waits for this process. */
        private long silentMillis(long nowNanos) {
            return waitsFor == null ? TimeUnit.NANOSECONDS.toMillis(nowNanos - progressNanos) : 0;
        }

        private void setWatch(Runnable newWatch) {
            boolean cancel;
            synchronized (this) {
                watch = newWatch;
                cancel = isOver;
            }
            if (cancel) {
                newWatch.run();
            }
        }

        private void stopWatching() {
            Runnable last;
            synchronized (this) {
                isOver = true;
                last = watch;
            }
            if (last != null) {
                last.run();
            }
        }

        /** Begins the call; false if it is to end already. */
        private boolean begin() {
            recordProgress();
            synchronized (this) {
                thread = aborted ? null : Thread.currentThread();
                return !aborted;
            }
        }

        private synchronized void end() {
            thread = null;
            action = null;
            Thread.interrupted(); // must not interrupt the next call
        }

        private void abort() {
            Runnable toRun;
            synchronized (this) {
                aborted = true;
                toRun = action;
                if (thread != null && thread != Thread.currentThread()) {
                    thread.interrupt();
                }
            }
            if (toRun != null) {
                toRun.run();
            }
        }
    }
}
