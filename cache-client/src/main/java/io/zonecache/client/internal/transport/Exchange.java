package io.zonecache.client.internal.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.codec.http.HttpResponse;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ConnectionPoolTooBusyException;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import io.zonecache.client.internal.Futures;
import io.zonecache.model.Protocol;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer, on one event loop, within one time limit that covers the wait for a connection too. Completes exactly once;
 * an answer that is not wanted any more is reset, so that it holds no connection.
 */
abstract class Exchange<T> {

    private static final String CLOSED = "the client was closed";
    private static final Pattern EPOCH = Pattern.compile("\\d{1,18}");

    private final CompletableFuture<T> result = new CompletableFuture<>();
    private @Nullable HttpClientRequest request;
    private long timerId = -1;
    private boolean isDone;
    private boolean hasHead;
    private volatile boolean isAborted;
    private LongConsumer epochListener = epoch -> {};
    private long bodyBytes;

    /** The head has come; to end here without the body, return what it amounts to. */
    abstract @Nullable T head(HttpClientResponse response);

    /** @return false if the rest need not come */
    abstract boolean piece(Buffer piece);

    /** Whether bodies of such answers are taken from the socket's own buffers, by {@link #piece(ByteBuf)}. */
    boolean wantsBody(HttpResponse head) {
        return false;
    }

    /** @return false if the rest need not come */
    boolean piece(ByteBuf piece) {
        throw new IllegalStateException("a body that was not wanted: " + piece);
    }

    abstract T end();

    /** @param hasHead whether the answer had begun */
    abstract T failed(Failure failure, String reason, boolean hasHead);

    CompletableFuture<T> result() {
        return result;
    }

    /** Hears the epoch that the answer carries. */
    void onEpoch(LongConsumer listener) {
        this.epochListener = listener;
    }

    /** It can't even be sent. */
    void refuse(String reason) {
        fail(Failure.REFUSED, reason);
    }

    void start(
            Context context,
            HttpClient client,
            RequestOptions options,
            @Nullable Buffer body,
            long timeoutMillis,
            long maxBodyBytes) {
        try {
            context.runOnContext(v -> {
                if (isDone) {
                    return;
                }
                timerId = context.owner()
                        .setTimer(
                                Math.max(1, timeoutMillis),
                                id -> fail(Failure.TIMEOUT, "no whole answer within " + timeoutMillis + " ms"));
                Futures.whenDone(result, (value, failure) -> context.owner().cancelTimer(timerId));
                options.setConnectTimeout(Math.max(1, timeoutMillis));
                request(client, options, body, maxBodyBytes);
            });
        } catch (RejectedExecutionException e) {
            fail(Failure.NOT_SENT, CLOSED);
        }
    }

    private void request(HttpClient client, RequestOptions options, @Nullable Buffer body, long maxBodyBytes) {
        Future<HttpClientRequest> ready;
        try {
            ready = client.request(options);
        } catch (IllegalStateException e) {
            fail(Failure.NOT_SENT, CLOSED);
            return;
        } catch (IllegalArgumentException e) {
            refuse("address: " + e.getMessage());
            return;
        }
        ready.onSuccess(granted -> send(granted, body, maxBodyBytes)).onFailure(this::fail);
    }

    /** Ends it from any thread: the client closes. */
    void abort(Context context) {
        isAborted = true;
        try {
            context.runOnContext(v -> fail(Failure.NOT_SENT, CLOSED));
        } catch (RejectedExecutionException e) {
            fail(Failure.NOT_SENT, CLOSED);
        }
    }

    private void send(HttpClientRequest ready, @Nullable Buffer body, long maxBodyBytes) {
        request = ready;
        ready.exceptionHandler(this::fail);
        if (isDone) {
            ready.reset();
            return;
        }
        ready.response().onSuccess(response -> receive(response, maxBodyBytes)).onFailure(this::fail);
        boolean unused = BodyTap.place(ready, new Tapped(maxBodyBytes));
        written();
        if (body == null) {
            ready.end();
        } else {
            ready.end(body);
        }
    }

    /** The request is on its way. */
    void written() {}

    private void receive(HttpClientResponse response, long maxBodyBytes) {
        if (isDone) {
            return;
        }
        hasHead = true;
        response.exceptionHandler(this::fail);
        hearEpoch(response.getHeader(Protocol.EPOCH_HEADER));
        T early = head(response);
        if (early != null) {
            finish(early);
            reset();
            return;
        }
        response.handler(piece -> take(piece.length(), maxBodyBytes, () -> piece(piece)));
        response.endHandler(v -> {
            if (!isDone) {
                finish(end());
            }
        });
    }

    private void take(int bytes, long maxBodyBytes, BooleanSupplier piece) {
        bodyBytes += bytes;
        if (isDone) {
            return;
        }
        if (bodyBytes > maxBodyBytes) {
            fail(Failure.CUT_OFF, "body bytes: over " + maxBodyBytes + " (expected: fewer)");
        } else if (!piece.getAsBoolean()) {
            finish(end());
            reset();
        }
    }

    private void hearEpoch(@Nullable String epoch) {
        if (epoch == null) {
            return;
        }
        if (EPOCH.matcher(epoch).matches()) {
            epochListener.accept(Long.parseLong(epoch));
        }
    }

    private void fail(Throwable cause) {
        if (isAborted) {
            // Its pool may close before its turn comes, which is no fault of the node's.
            fail(Failure.NOT_SENT, CLOSED);
            return;
        }
        Failure failure;
        if (cause instanceof ConnectionPoolTooBusyException) {
            failure = Failure.NOT_SENT;
        } else if (cause instanceof ConnectTimeoutException || cause instanceof TimeoutException) {
            failure = Failure.TIMEOUT;
        } else {
            failure = hasHead ? Failure.CUT_OFF : Failure.REFUSED;
        }
        fail(failure, cause.getClass().getSimpleName() + ": " + cause.getMessage());
    }

    private void fail(Failure failure, String reason) {
        if (!isDone) {
            finish(failed(failure, reason, hasHead));
            reset();
        }
    }

    private void reset() {
        if (request != null) {
            request.reset();
        }
    }

    private void finish(T value) {
        isDone = true;
        result.complete(value);
    }

    private final class Tapped implements BodyTap.Receiver {

        private final long maxBodyBytes;

        Tapped(long maxBodyBytes) {
            this.maxBodyBytes = maxBodyBytes;
        }

        @Override
        public boolean wantsBody(HttpResponse head) {
            return Exchange.this.wantsBody(head);
        }

        @Override
        public void take(ByteBuf piece) {
            Exchange.this.take(piece.readableBytes(), maxBodyBytes, () -> piece(piece));
        }
    }

    /** What became of a request that has no whole answer. */
    enum Failure {
        /** No connection, or it ended before an answer began. */
        REFUSED,
        TIMEOUT,
        CUT_OFF,
        NOT_SENT
    }
}
