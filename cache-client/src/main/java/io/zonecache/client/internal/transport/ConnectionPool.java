package io.zonecache.client.internal.transport;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpVersion;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one kind to one node. One is opened when all others are busy; the most recently used one is handed out first, so that
 * surplus connections become idle and are closed. Confined to one event loop.
 *
 * <p>A request that was given a connection returns it with exactly one of {@link #release} and {@link #discard}. A waiting request is
 * given a connection, is refused with a reason, or {@linkplain #cancel removes itself}; it limits its own wait.
 */
final class ConnectionPool {

    /** No further connection is opened after a node refused one while others work. */
    private static final long GROWTH_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Context loop;
    private final Function<HttpVersion, Future<PooledConnection>> dialer;
    private final Runnable onLoss;
    private final Limits limits;
    private final List<PooledConnection> all = new ArrayList<>();
    private final Deque<PooledConnection> available = new ArrayDeque<>();
    private final Deque<Waiter> waiting = new ArrayDeque<>();
    private final Deque<Waiter> waitingForFresh = new ArrayDeque<>();
    private final Http2Fallback fallback = new Http2Fallback();
    private int opening;
    private boolean isServing;
    private boolean isServeRequested;
    private boolean isGrowthPaused;
    private long growthPausedUntilNanos;
    private boolean isClosed;

    /** @param onLoss runs when the other end has closed a connection */
    ConnectionPool(
            Context loop, Function<HttpVersion, Future<PooledConnection>> dialer, Runnable onLoss, Limits limits) {
        this.loop = loop;
        this.dialer = dialer;
        this.onLoss = onLoss;
        this.limits = limits;
    }

    /** @param isFresh only a connection that has carried nothing yet will do */
    void acquire(Waiter waiter, boolean isFresh) {
        if (isClosed) {
            waiter.refused(Failure.NOT_SENT, "the client was closed");
            return;
        }
        PooledConnection first = isFresh ? null : firstAvailable();
        if (first != null && waiting.isEmpty()) {
            give(first, waiter);
            return;
        }
        if (waiting.size() + waitingForFresh.size() >= limits.maxWaiting()) {
            waiter.refused(
                    Failure.NOT_SENT,
                    "waiting for a connection: " + (waiting.size() + waitingForFresh.size()) + " (expected: fewer than "
                            + limits.maxWaiting() + ")");
            return;
        }
        (isFresh ? waitingForFresh : waiting).add(waiter);
        serve();
    }

    /** The request does not wait any more. */
    void cancel(Waiter waiter) {
        if (!waiting.remove(waiter)) {
            waitingForFresh.remove(waiter);
        }
    }

    /** The request has ended and left the connection usable. */
    void release(PooledConnection connection) {
        connection.active--;
        connection.idleSinceNanos = System.nanoTime();
        if (connection.isRetired) {
            closeUnlessBusy(connection);
            return;
        }
        if (!available.contains(connection)) {
            available.addFirst(connection);
        }
        if (!waiting.isEmpty() || !waitingForFresh.isEmpty()) {
            // Vert.x is not quite done with the last request yet.
            loop.runOnContext(turn -> serve());
        }
    }

    /** The request has left the connection in a state in which no other request can use it. */
    void discard(PooledConnection connection) {
        connection.active--;
        retire(connection);
        close(connection);
    }

    /** The node will close it, or it is of no use: it gets no more requests. */
    void retire(PooledConnection connection) {
        connection.isRetired = true;
        available.remove(connection);
        closeUnlessBusy(connection);
    }

    /**
     * The node was silent on this connection: idle ones, which have the same peer, are closed; a shared one is pinged, and closed if it does not
     * reply.
     */
    void checkAfterSilence(PooledConnection connection) {
        closeIdle(System.nanoTime(), 0);
        if (!connection.isMultiplexed() || connection.isProbed || connection.isRetired) {
            return;
        }
        connection.isProbed = true;
        Future<?> pong = connection.ping();
        loop.owner().setTimer(limits.probeMillis(), timer -> {
            connection.isProbed = false;
            if (!pong.succeeded()) {
                retire(connection);
                close(connection);
            }
        });
    }

    /** The node has answered a further connection with {@code BUSY}: the existing ones have to do for a while. */
    void pauseGrowth() {
        isGrowthPaused = true;
        growthPausedUntilNanos = System.nanoTime() + GROWTH_PAUSE_NANOS;
    }

    /** Whether requests can be carried without this connection. */
    boolean hasOthersThan(PooledConnection connection) {
        for (PooledConnection other : all) {
            if (other != connection && !other.isRetired) {
                return true;
            }
        }
        return false;
    }

    /** Closes connections that have carried nothing for the given time. */
    void closeIdle(long now, long idleNanos) {
        for (PooledConnection connection : List.copyOf(all)) {
            if (connection.active == 0 && now - connection.idleSinceNanos >= idleNanos) {
                retire(connection);
            }
        }
    }

    boolean isUnused() {
        return all.isEmpty() && opening == 0 && waiting.isEmpty() && waitingForFresh.isEmpty();
    }

    /** Fails waiting requests; requests in flight are their owners' to end. */
    void close() {
        isClosed = true;
        failAll(Failure.NOT_SENT, "the client was closed");
        for (PooledConnection connection : List.copyOf(all)) {
            retire(connection);
            close(connection);
        }
    }

    private @Nullable PooledConnection firstAvailable() {
        for (PooledConnection first = available.peekFirst(); first != null; first = available.peekFirst()) {
            if (first.hasCapacity()) {
                return first;
            }
            available.removeFirst();
        }
        return null;
    }

    private @Nullable PooledConnection firstUnused() {
        for (PooledConnection connection : available) {
            if (connection.uses == 0 && connection.hasCapacity()) {
                return connection;
            }
        }
        return null;
    }

    private void give(PooledConnection connection, Waiter waiter) {
        connection.uses++;
        connection.active++;
        if (!connection.hasCapacity()) {
            available.remove(connection);
        }
        waiter.connected(connection);
    }

    /** Waiters that are notified here may call back, which then counts as one more pass. */
    private void serve() {
        isServeRequested = true;
        if (isServing) {
            return;
        }
        isServing = true;
        try {
            while (isServeRequested) {
                isServeRequested = false;
                assignConnections();
                openConnections();
            }
        } finally {
            isServing = false;
        }
    }

    private void assignConnections() {
        for (PooledConnection unused = firstUnused();
                unused != null && !waitingForFresh.isEmpty();
                unused = firstUnused()) {
            // All of them have waited since before it was opened: a shared one will do for as many as it can carry.
            for (PooledConnection fresh = unused; fresh.hasCapacity() && !waitingForFresh.isEmpty(); ) {
                give(fresh, waitingForFresh.remove());
            }
        }
        for (PooledConnection next = firstAvailable(); next != null && !waiting.isEmpty(); next = firstAvailable()) {
            give(next, waiting.remove());
        }
    }

    private void openConnections() {
        if (isClosed) {
            return;
        }
        boolean isMultiplexed = version() == HttpVersion.HTTP_2;
        int ordinary = isMultiplexed ? Math.min(1, waiting.size()) : waiting.size();
        if (isGrowthHeld()) {
            ordinary = 0;
        }
        int maxOpen = isMultiplexed ? limits.maxMultiplexed() : limits.maxConnections();
        // Counted before: one that fails at once also fails the requests that waited for it.
        for (int left = waitingForFresh.size() + ordinary - opening; left > 0; left--) {
            if (all.size() + opening < maxOpen) {
                open();
            }
        }
        if (waitingForFresh.size() > opening && all.size() + opening >= maxOpen) {
            PooledConnection used = available.peekLast();
            if (used != null && used.active == 0) {
                retire(used);
            }
        }
    }

    private boolean isGrowthHeld() {
        if (isGrowthPaused && System.nanoTime() - growthPausedUntilNanos >= 0) {
            isGrowthPaused = false;
        }
        return isGrowthPaused && all.size() + opening > 0;
    }

    private HttpVersion version() {
        return fallback.isActive(System.nanoTime()) ? HttpVersion.HTTP_1_1 : limits.version();
    }

    private void open() {
        HttpVersion version = version();
        opening++;
        Future<PooledConnection> dialed;
        try {
            dialed = dialer.apply(version);
        } catch (RuntimeException | Error e) {
            dialed = Future.failedFuture(e);
        }
        dialed.onComplete(connection -> opened(connection, version), failure -> notOpened(failure, version));
    }

    private void opened(PooledConnection connection, HttpVersion version) {
        try {
            handle(connection);
        } catch (RuntimeException | Error e) {
            try {
                close(connection);
            } finally {
                notOpened(e, version);
            }
            return;
        }
        opening--;
        all.add(connection);
        connection.idleSinceNanos = System.nanoTime();
        if (connection.isMultiplexed()) {
            fallback.opened();
        }
        if (isClosed) {
            close(connection);
            return;
        }
        available.addFirst(connection);
        serve();
    }

    private void handle(PooledConnection connection) {
        connection.http.exceptionHandler(end -> {});
        connection.http.closeHandler(closed -> gone(connection));
        if (connection.isMultiplexed()) {
            connection.http.goAwayHandler(goAway -> retire(connection));
        }
    }

    private void notOpened(Throwable cause, HttpVersion version) {
        opening--;
        DialException why = cause instanceof DialException known
                ? known
                : new DialException(Failure.NOT_SENT, "connecting: " + cause);
        fallback.failed(why.handshake(), System.nanoTime());
        if (version == HttpVersion.HTTP_2 && version() != version) {
            serve();
            return;
        }
        pauseGrowth();
        Waiter retried = waitingForFresh.poll();
        if (retried != null) {
            retried.refused(why.failure(), why.reason());
        }
        if (all.isEmpty() && opening == 0) {
            failAll(why.failure(), why.reason());
        }
    }

    private void failAll(Failure failure, String reason) {
        // Only those that wait now: they may react by waiting again.
        List<Waiter> recipients = new ArrayList<>(waitingForFresh);
        recipients.addAll(waiting);
        waitingForFresh.clear();
        waiting.clear();
        recipients.forEach(waiter -> waiter.refused(failure, reason));
    }

    private void gone(PooledConnection connection) {
        if (!connection.isRetired) {
            onLoss.run();
        }
        connection.isRetired = true;
        all.remove(connection);
        available.remove(connection);
        serve();
    }

    private void closeUnlessBusy(PooledConnection connection) {
        if (connection.active == 0) {
            close(connection);
        }
    }

    private static void close(PooledConnection connection) {
        Future<Void> unused = connection.http.close();
    }

    /** A request that wants a connection. */
    interface Waiter {

        /** Must not throw, and returns the connection whatever happens. */
        void connected(PooledConnection connection);

        /** There will be none. Must not throw. */
        void refused(Failure failure, String reason);
    }

    /**
     * Bounds of one pool.
     *
     * @param version the protocol to use if the node supports it
     * @param maxConnections over HTTP/1.1
     * @param maxMultiplexed over HTTP/2
     * @param maxWaiting requests that wait for a connection; more are refused
     * @param probeMillis how long a node may take to answer a ping
     */
    record Limits(HttpVersion version, int maxConnections, int maxMultiplexed, int maxWaiting, long probeMillis) {}
}
