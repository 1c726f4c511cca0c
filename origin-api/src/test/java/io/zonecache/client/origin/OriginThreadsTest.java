package io.zonecache.client.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.nio.file.AccessDeniedException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** When a call that blocks is ended: time is virtual, its thread is real. */
final class OriginThreadsTest {

    private static final FetchTimeouts TIMEOUTS = new FetchTimeouts(2_000, 5_000);

    private static final OriginLimits LIMITS = new OriginLimits(1, 10, 100);

    private final ManualTimer timer = new ManualTimer();
    private final OriginThreads threads = new OriginThreads("test", LIMITS, timer);
    private final SynchronousQueue<Boolean> goOn = new SynchronousQueue<>();
    private final SynchronousQueue<Boolean> gone = new SynchronousQueue<>();

    @AfterEach
    void close() {
        threads.close();
    }

    /** Makes a step each time it is told to, and ends with the last one. */
    private CompletableFuture<String> steps(FetchTimeouts timeouts) throws Exception {
        CountDownLatch runs = new CountDownLatch(1);
        CompletableFuture<String> result = threads.submit("counting", timeouts, running -> {
            runs.countDown();
            while (goOn.take()) {
                running.recordProgress();
                gone.put(true);
            }
            return "done";
        });
        assertThat(runs.await(60, TimeUnit.SECONDS)).isTrue();
        return result;
    }

    private void step() throws Exception {
        goOn.put(true);
        gone.take();
    }

    private void last() throws Exception {
        goOn.put(false);
    }

    @Test
    void shouldBeBusyWhereTooManyCallsWaitSinceTheOriginHasNotAskedForLess() throws Exception {
        CompletableFuture<String> running = steps(TIMEOUTS);
        List<CompletableFuture<String>> waiting = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            waiting.add(threads.submit("waiting", TIMEOUTS, call -> "done"));
        }
        assertThat(failure(waiting.get(11)).code()).isEqualTo(CacheErrorCode.BUSY);
        last();
        assertThat(valueOf(running)).isEqualTo("done");
        assertThat(valueOf(waiting.get(10))).isEqualTo("done");
    }

    @Test
    void shouldSayInWordsWhatAFileSays() throws Exception {
        CompletableFuture<String> result = threads.submit("writing chunk 1", TIMEOUTS, running -> {
            throw new AccessDeniedException("/srv/chunks/1");
        });
        assertThat(failure(result).detail())
                .isEqualTo("writing chunk 1: /srv/chunks/1: permission denied (expected: an answer of test)");
    }

    @Test
    void shouldEndACallThatIsSilent() throws Exception {
        CompletableFuture<String> result = steps(TIMEOUTS);
        timer.advanceMillis(1_990);
        assertThat(result).isNotDone();
        timer.advanceMillis(20);
        assertThat(failure(result).code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
    }

    @Test
    void shouldLetACallGoOnWhileSomethingComes() throws Exception {
        CompletableFuture<String> result = steps(TIMEOUTS);
        for (int i = 0; i < 3; i++) {
            timer.advanceMillis(1_500);
            step();
        }
        assertThat(result).isNotDone();
        last();
        assertThat(valueOf(result)).isEqualTo("done");
    }

    @Test
    void shouldEndACallInTheEndWhateverComes() throws Exception {
        CompletableFuture<String> result = steps(TIMEOUTS);
        for (int i = 0; i < 3; i++) {
            timer.advanceMillis(1_500);
            step();
        }
        timer.advanceMillis(600);
        assertThat(failure(result).detail()).contains("within 5000 ms");
    }

    @Test
    void shouldNotTakeTheWaitForAThreadForSilence() throws Exception {
        CompletableFuture<String> first = steps(new FetchTimeouts(60_000, 60_000));
        CompletableFuture<String> second = threads.submit("waiting", TIMEOUTS, running -> "done");
        CompletableFuture<String> third = threads.submit("waiting", TIMEOUTS, running -> "never");
        timer.advanceMillis(4_000);
        assertThat(second).isNotDone();
        third.cancel(true);
        last();
        assertThat(valueOf(first)).isEqualTo("done");
        assertThat(valueOf(second)).isEqualTo("done");
        assertThat(third).isCancelled();
    }

    @Test
    void shouldNotTakeWhatItObtainsFirstForSilenceAndNameIt() throws Exception {
        CountDownLatch runs = new CountDownLatch(1);
        CompletableFuture<String> result = threads.submit(
                "asking",
                TIMEOUTS,
                running -> running.obtain("credentials", () -> {
                    runs.countDown();
                    return taken(goOn) ? "done" : "never";
                }));
        assertThat(runs.await(60, TimeUnit.SECONDS)).isTrue();
        timer.advanceMillis(4_000);
        assertThat(result).isNotDone();
        timer.advanceMillis(1_000);
        assertThat(failure(result).detail()).contains("asking: no credentials for test (expected: within 5000 ms");
    }

    /** False if interrupted. */
    private static boolean taken(SynchronousQueue<Boolean> queue) {
        try {
            return queue.take();
        } catch (InterruptedException e) {
            return false;
        }
    }

    @Test
    void shouldNotTakeTheWaitForRoomForSilence() throws Exception {
        CompletableFuture<Void> room = new CompletableFuture<>();
        CompletableFuture<Thread> waiter = new CompletableFuture<>();
        CompletableFuture<String> result = threads.submit("waiting", TIMEOUTS, running -> {
            waiter.complete(Thread.currentThread());
            running.await(room);
            return "done";
        });
        Thread thread = valueOf(waiter);
        await().until(() -> thread.getState() == Thread.State.WAITING);
        timer.advanceMillis(4_000);
        assertThat(result).isNotDone();
        room.complete(null);
        assertThat(valueOf(result)).isEqualTo("done");
    }

    @Test
    void shouldFailCallsWithClosedThatRunOrWait() throws Exception {
        CountDownLatch runs = new CountDownLatch(1);
        CountDownLatch mayEnd = new CountDownLatch(1);
        CompletableFuture<Boolean> aborted = new CompletableFuture<>();
        CompletableFuture<String> stuck = threads.submit("stuck", TIMEOUTS, running -> {
            running.onAbort(() -> aborted.complete(true));
            runs.countDown();
            while (mayEnd.getCount() > 0) {
                try {
                    mayEnd.await();
                } catch (InterruptedException e) {
                    // As a call does that hears no interrupt.
                }
            }
            return "done";
        });
        assertThat(runs.await(60, TimeUnit.SECONDS)).isTrue();
        CompletableFuture<String> waiting = threads.submit("waiting", TIMEOUTS, running -> "never");
        threads.close();
        try {
            assertThat(stuck).isDone();
            assertThat(failure(stuck).code()).isEqualTo(CacheErrorCode.CLOSED);
            assertThat(aborted).isDone();
            assertThat(waiting).isDone();
            assertThat(failure(waiting).code()).isEqualTo(CacheErrorCode.CLOSED);
        } finally {
            mayEnd.countDown();
        }
    }

    @Test
    void shouldFailACallThatCannotBeWatched() throws Exception {
        try (OriginThreads unwatched = new OriginThreads("test", LIMITS, failing(timer, 1))) {
            CompletableFuture<String> first = unwatched.submit("first", TIMEOUTS, running -> "never");
            assertThat(failure(first).code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
            CompletableFuture<String> second = unwatched.submit("second", TIMEOUTS, running -> "done");
            assertThat(valueOf(second)).isEqualTo("done");
        }
    }

    @Test
    void shouldEndACallThatCannotBeWatchedAnyLonger() throws Exception {
        CountDownLatch mayEnd = new CountDownLatch(1);
        try (OriginThreads unwatched = new OriginThreads("test", LIMITS, failing(timer, 2))) {
            CompletableFuture<Boolean> progressed = new CompletableFuture<>();
            CompletableFuture<Void> now = new CompletableFuture<>();
            CompletableFuture<String> result = unwatched.submit("fetch", TIMEOUTS, running -> {
                now.get();
                running.recordProgress();
                progressed.complete(true);
                mayEnd.await();
                return "done";
            });
            timer.advanceMillis(1_500);
            now.complete(null);
            valueOf(progressed);
            timer.advanceMillis(500);
            assertThat(result).isDone();
            assertThat(failure(result).code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        } finally {
            mayEnd.countDown();
        }
    }

    @Test
    void shouldNotRunACallThatIsCancelledAsItsThreadBegins() throws Exception {
        CompletableFuture<CompletableFuture<String>> submitted = new CompletableFuture<>();
        CallTimer cancelling = new DelegatingTimer(timer) {
            @Override
            public long nanoTime() {
                if (OriginThread.isCurrent()) {
                    submitted.join().cancel(false);
                }
                return super.nanoTime();
            }
        };
        List<String> ran = new CopyOnWriteArrayList<>();
        try (OriginThreads raced = new OriginThreads("test", LIMITS, cancelling)) {
            CompletableFuture<String> first = raced.submit("first", TIMEOUTS, running -> {
                ran.add("first");
                return "done";
            });
            submitted.complete(first);
            CompletableFuture<String> second = raced.submit("second", TIMEOUTS, running -> {
                ran.add("second");
                return "done";
            });
            assertThat(valueOf(second)).isEqualTo("done");
            assertThat(first).isCancelled();
        }
        assertThat(ran).containsExactly("second");
    }

    private static <T> T valueOf(CompletableFuture<T> future) throws Exception {
        return future.get(60, TimeUnit.SECONDS);
    }

    private static CacheException failure(CompletableFuture<?> future) throws Exception {
        return valueOf(future.handle((value, failure) -> {
            assertThat(failure).isInstanceOf(CacheException.class);
            return (CacheException) failure;
        }));
    }

    /** Throws at one of its calls. */
    private static CallTimer failing(CallTimer timer, int atCall) {
        AtomicInteger calls = new AtomicInteger();
        return new DelegatingTimer(timer) {
            @Override
            public Runnable schedule(long delayNanos, Runnable task) {
                if (calls.incrementAndGet() == atCall) {
                    throw new NoClassDefFoundError("injected");
                }
                return super.schedule(delayNanos, task);
            }
        };
    }

    private static class DelegatingTimer implements CallTimer {

        private final CallTimer timer;

        DelegatingTimer(CallTimer timer) {
            this.timer = timer;
        }

        @Override
        public long nanoTime() {
            return timer.nanoTime();
        }

        @Override
        public Runnable schedule(long delayNanos, Runnable task) {
            return timer.schedule(delayNanos, task);
        }

        @Override
        public void close() {
            timer.close();
        }
    }
}
