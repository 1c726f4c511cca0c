package io.zonecache.client.internal.transport;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponse;
import io.vertx.core.AsyncResult;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpClosedException;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.StreamResetException;
import io.zonecache.model.Protocol;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * One request to a node and its reply, over one connection or, if that ends before the answer begins, once more over a fresh one. Lives on the
 * event loop of the node's connections; {@link #start} and {@link #abort} may be called on any thread.
 *
 * <p>The reply completes exactly once, whatever any part of this client throws: every call from outside passes {@link #guard}, and
 * every end cancels the timer and returns the connection or the place in the queue.
 *
 * @param <T> the reply
 */
final class RequestExchange<T> implements ConnectionPool.Waiter {

    private static final LocalFailureLog LOCAL_FAILURES =
            new LocalFailureLog(LoggerFactory.getLogger(RequestExchange.class), System::nanoTime);
    private static final String CLOSED = "the client was closed";
    private static final int SERVICE_UNAVAILABLE = 503;

    /** A longer answer reports progress, at most this often: far less than the silence that counts. */
    private static final long PROGRESS_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** How often a node that holds a request is pinged. */
    private static final long PING_MILLIS = 1_000;

    /** After which one that answers no ping counts as silent: longer than it pauses, and short enough to hear of purges elsewhere in time. */
    private static final long MAX_PONG_MILLIS = 2_500;

    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final ReplyReader<T> reader;
    private final OutgoingRequest outgoing;
    private final NodeConnections node;
    private final ConnectionPool pool;
    private final Context loop;
    private final HeadListener headListener;
    private final ReplyTimeLimits limits;
    private @Nullable Attempt attempt;
    private long timerId = -1;
    private long timerDueNanos;
    private boolean isDone;
    private boolean isRetried;
    private boolean isRequeued;
    private volatile boolean isAborted;

    /** @param headListener receives what the head of the answer says about the node */
    RequestExchange(
            ReplyReader<T> reader,
            OutgoingRequest outgoing,
            NodeConnections node,
            ConnectionPool pool,
            HeadListener headListener) {
        this.reader = reader;
        this.outgoing = outgoing;
        this.node = node;
        this.pool = pool;
        this.loop = node.loop();
        this.headListener = headListener;
        this.limits = new ReplyTimeLimits(System.nanoTime(), outgoing.timeoutMillis(), outgoing.silenceMillis());
    }

    CompletableFuture<T> result() {
        return result;
    }

    void start() {
        onLoop(this::begin);
    }

    /** Ends the exchange, because the client closes. */
    void abort() {
        isAborted = true;
        onLoop(() -> fail(Failure.NOT_SENT, CLOSED));
    }

    @Override
    public void connected(PooledConnection connection) {
        if (isDone) {
            pool.release(connection);
            return;
        }
        guard(() -> {
            Attempt next;
            try {
                next = new Attempt(connection);
            } catch (RuntimeException | Error e) {
                pool.release(connection);
                throw e;
            }
            attempt = next;
            next.request();
        });
    }

    @Override
    public void refused(Failure failure, String reason) {
        fail(isAborted ? Failure.NOT_SENT : failure == Failure.NOT_SENT ? ownFailure() : failure, reason);
    }

    /** A failure that says nothing about the node. */
    private Failure ownFailure() {
        return limits.wasSent() ? Failure.CLIENT_ERROR : Failure.NOT_SENT;
    }

    private void begin() {
        if (isDone) {
            return;
        }
        pool.acquire(this, false);
        watch();
    }

    /** Runs the task on the event loop; if the loop has ended, the request ends as not sent. */
    private void onLoop(Runnable task) {
        try {
            loop.runOnContext(turn -> guard(task));
        } catch (RejectedExecutionException e) {
            result.complete(reader.failed(Failure.NOT_SENT, CLOSED));
        }
    }

    /** Anything that this client itself throws, even an {@link Error}, ends the request and nothing else. */
    private void guard(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            LOCAL_FAILURES.log(node.address(), e);
            fail(ownFailure(), "client: " + e);
        }
    }

    /** One timer fires when the first limit is due; it is not moved when limits move later. */
    private void watch() {
        if (isDone || (timerId >= 0 && timerDueNanos - limits.dueNanos() <= 0)) {
            return;
        }
        cancelTimer();
        timerDueNanos = limits.dueNanos();
        long millis = TimeUnit.NANOSECONDS.toMillis(timerDueNanos - System.nanoTime()) + 1;
        timerId = loop.owner().setTimer(Math.max(1, millis), id -> guard(this::checkLimits));
    }

    private void checkLimits() {
        timerId = -1;
        long now = System.nanoTime();
        switch (limits.check(now, timerDueNanos)) {
            case WAIT -> watch();
            case SILENT -> {
                suspectConnection(now);
                fail(
                        Failure.TIMEOUT,
                        "nothing heard for " + TimeUnit.NANOSECONDS.toMillis(now - limits.silentSinceNanos()) + " ms");
            }
            case OUT_OF_TIME -> {
                boolean isSilent = attempt != null && !attempt.hasHead;
                if (isSilent) {
                    suspectConnection(now);
                }
                fail(
                        limits.isSent() ? Failure.TIMEOUT : ownFailure(),
                        (limits.isSent() ? "no whole answer within " : "no connection within ")
                                + outgoing.timeoutMillis() + " ms");
            }
        }
    }

    private void suspectConnection(long now) {
        if (attempt != null) {
            node.silent(attempt.connection, pool, limits.silentSinceNanos(), now);
        }
    }

    private void cancelTimer() {
        if (timerId >= 0) {
            loop.owner().cancelTimer(timerId);
            timerId = -1;
        }
    }

    /** The connection has ended, what came over it was not an answer, or this client could not read or write it. */
    private void attemptFailed(Attempt failed, Throwable cause) {
        if (isDone || attempt != failed) {
            return;
        }
        boolean isOwn = LocalFailures.isLocal(cause);
        boolean isConnectionsEnd = !isOwn
                && (cause instanceof HttpClosedException
                        || cause instanceof StreamResetException
                        || cause instanceof IOException);
        attempt = null;
        failed.isEnded = isConnectionsEnd;
        failed.leave(false);
        if (isConnectionsEnd && !failed.hasHead && !isRetried && !isAborted) {
            isRetried = true;
            acquireAgain(true);
            return;
        }
        String reason = cause.getClass().getSimpleName() + ": " + cause.getMessage();
        if (isAborted) {
            fail(Failure.NOT_SENT, CLOSED);
        } else if (isOwn) {
            LOCAL_FAILURES.log(node.address(), cause);
            fail(ownFailure(), "client: " + reason);
        } else {
            fail(failed.hasHead ? Failure.CUT_OFF : Failure.REFUSED, reason);
        }
    }

    private void acquireAgain(boolean isFresh) {
        limits.unsent();
        reader.requeued();
        pool.acquire(this, isFresh);
    }

    private void fail(Failure failure, String reason) {
        if (isDone) {
            return;
        }
        Attempt left = attempt;
        attempt = null;
        try {
            if (left != null) {
                left.leave(false);
            } else {
                pool.cancel(this);
            }
        } finally {
            finish(() -> reader.failed(failure, reason));
        }
    }

    private void finish(Supplier<T> reply) {
        isDone = true;
        cancelTimer();
        try {
            result.complete(reply.get());
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }

    /** The request on one connection, which is left exactly once. Callbacks that come after that are ignored. */
    private final class Attempt implements BodyTap.Receiver {

        private final PooledConnection connection;
        private @Nullable HttpClientRequest request;
        private boolean isBegun;
        private boolean isFlushed;
        private boolean hasHead;
        private boolean isEnded;
        private long replyBytes;
        private long progressNanos;

        Attempt(PooledConnection connection) {
            this.connection = connection;
        }

        private boolean isCurrent() {
            return attempt == this && !isDone;
        }

        private void request() {
            RequestOptions options = outgoing.options(limits.leftMillis(System.nanoTime()));
            if (connection.tap != null) {
                connection.tap.expect(this);
            }
            isBegun = true;
            connection.http.request(options).onComplete(granted -> guard(() -> send(granted)));
        }

        private void send(AsyncResult<HttpClientRequest> granted) {
            if (granted.failed()) {
                attemptFailed(this, granted.cause());
                return;
            }
            HttpClientRequest ready = granted.result();
            if (!isCurrent()) {
                Future<Void> unused = ready.reset();
                return;
            }
            request = ready;
            ready.exceptionHandler(cause -> guard(() -> attemptFailed(this, cause)));
            ready.response()
                    .onComplete(
                            response -> guard(() -> receive(response)),
                            cause -> guard(() -> attemptFailed(this, cause)));
            List<Buffer> body = outgoing.records().isEmpty() ? List.of() : outgoing.body();
            boolean isPinged = outgoing.isHeld() && connection.isMultiplexed();
            progressNanos = System.nanoTime();
            limits.setSilenceMillis(isPinged ? MAX_PONG_MILLIS : outgoing.silenceMillis());
            limits.sent(progressNanos);
            reader.written();
            watch();
            write(ready, body);
            if (isPinged) {
                pingLater();
            }
        }

        /** One ping after the other, for as long as the node holds the request. */
        private void pingLater() {
            loop.owner()
                    .setTimer(
                            PING_MILLIS,
                            timer -> guard(() -> {
                                if (isCurrent() && !hasHead) {
                                    connection.ping().onSuccess(pong -> guard(this::ponged));
                                }
                            }));
        }

        private void ponged() {
            if (isCurrent()) {
                limits.heard(System.nanoTime());
                pingLater();
            }
        }

        private void write(HttpClientRequest ready, List<Buffer> body) {
            if (body.size() > 1) {
                ready.putHeader(HttpHeaders.CONTENT_LENGTH, Long.toString(outgoing.bodyBytes()));
            }
            for (int i = 0; i < body.size() - 1; i++) {
                ready.write(body.get(i)).onComplete(written -> limits.heard(System.nanoTime()), this::notWritten);
            }
            (body.isEmpty() ? ready.end() : ready.end(body.get(body.size() - 1)))
                    .onComplete(
                            written -> {
                                isFlushed = true;
                                limits.heard(System.nanoTime());
                            },
                            this::notWritten);
        }

        /** A connection's end is reported as the request's; where it is this client that could not write, nothing else is. */
        private void notWritten(Throwable cause) {
            if (LocalFailures.isLocal(cause)) {
                guard(() -> attemptFailed(this, cause));
            }
        }

        private void receive(HttpClientResponse response) {
            if (!isCurrent()) {
                return;
            }
            hasHead = true;
            hear();
            headListener.headSeen(
                    response.getHeader(Protocol.EPOCH_HEADER), response.getHeader(Protocol.PURGES_HEADER));
            boolean isLast = HttpHeaders.CLOSE.toString().equalsIgnoreCase(response.getHeader(HttpHeaders.CONNECTION));
            if (isLast) {
                pool.retire(connection);
                if (isRefusedByFullNode(response)) {
                    isRequeued = true;
                    reader.progressed();
                    pool.pauseGrowth();
                    attempt = null;
                    leave(false);
                    acquireAgain(false);
                    return;
                }
            }
            response.exceptionHandler(cause -> guard(() -> attemptFailed(this, cause)));
            T early = reader.head(response);
            if (early != null) {
                complete(early, false);
                return;
            }
            response.handler(piece -> guard(() -> take(piece.length(), () -> reader.piece(piece))));
            response.endHandler(end -> guard(() -> {
                if (isCurrent()) {
                    complete(reader.end(), true);
                }
            }));
        }

        /** Whether the node takes no further connection, but answers on those that it has. */
        private boolean isRefusedByFullNode(HttpClientResponse response) {
            return response.statusCode() == SERVICE_UNAVAILABLE
                    && connection.uses == 1
                    && !isRequeued
                    && pool.hasOthersThan(connection);
        }

        private void take(int bytes, BooleanSupplier piece) {
            if (!isCurrent()) {
                return;
            }
            hear();
            replyBytes += bytes;
            if (replyBytes > outgoing.maxReplyBytes()) {
                fail(Failure.CUT_OFF, "body bytes: over " + outgoing.maxReplyBytes() + " (expected: fewer)");
            } else if (!piece.getAsBoolean()) {
                complete(reader.end(), false);
            }
        }

        private void hear() {
            long now = System.nanoTime();
            limits.heard(now);
            node.heard(now);
            if (now - progressNanos >= PROGRESS_NANOS) {
                progressNanos = now;
                reader.progressed();
            }
        }

        private void complete(T reply, boolean isWhole) {
            attempt = null;
            leave(isWhole);
            finish(() -> reply);
        }

        /** @param isWhole whether the answer has ended, so that another may follow */
        private void leave(boolean isWhole) {
            if (!isBegun || (isWhole && isFlushed)) {
                pool.release(connection);
            } else if (connection.isMultiplexed()) {
                // On a connection that has ended, a reset fails all other requests within this call, and so on.
                if (request != null && !isEnded) {
                    Future<Void> unused = request.reset();
                }
                pool.release(connection);
            } else {
                pool.discard(connection);
            }
        }

        @Override
        public boolean wantsBody(HttpResponse head) {
            boolean[] wants = {false};
            guard(() -> wants[0] = isCurrent() && reader.wantsBody(head));
            return wants[0];
        }

        @Override
        public void take(ByteBuf piece) {
            guard(() -> take(piece.readableBytes(), () -> reader.piece(piece)));
        }
    }
}
