package io.zonecache.cli.demo;

import io.zonecache.testkit.process.ManagedProcess;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Watches the demo's processes: whoever waits for something learns at once when one has ended that should not. Thread-safe. */
final class Children {

    private static final long END_SECONDS = 2;

    private final CompletableFuture<Void> failure = new CompletableFuture<>();
    private final Set<ManagedProcess> expendable = ConcurrentHashMap.newKeySet();

    void watch(ManagedProcess process) {
        CompletableFuture<Void> unused = process.exit().thenAccept(code -> {
            if (!expendable.contains(process)) {
                fail("process " + process.name() + " ended in the middle of the demo" + process.describeEnd());
            }
        });
    }

    /** Its end is part of the show from now on. */
    void stopTracking(ManagedProcess process) {
        expendable.add(process);
    }

    void fail(String message) {
        failure.completeExceptionally(new DemoException(message));
    }

    /** What is behind a failure: the process that has ended, if one has, rather than what others suffered from that. */
    RuntimeException explain(RuntimeException failed) {
        if (failed instanceof DemoException) {
            return failed;
        }
        try {
            // A connection breaks a moment before its process is seen to end.
            failure.get(END_SECONDS, TimeUnit.SECONDS);
            return failed;
        } catch (ExecutionException e) {
            return e.getCause() instanceof DemoException known ? known : failed;
        } catch (TimeoutException e) {
            return failed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return failed;
        }
    }

    /** @throws DemoException if it fails, takes too long, or a process ends meanwhile */
    <T> T await(CompletableFuture<T> future, long timeoutSeconds, String what) {
        try {
            CompletableFuture.anyOf(future, failure).get(timeoutSeconds, TimeUnit.SECONDS);
            return future.join();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof DemoException known
                    ? known
                    : new DemoException(what + ": " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new DemoException(what + ": not within " + timeoutSeconds + " s", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DemoException(what + ": interrupted", e);
        }
    }
}
