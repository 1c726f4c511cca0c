package io.zonecache.server.http;

import io.netty.buffer.ByteBuf;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.buffer.BufferInternal;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.Protocol;
import io.zonecache.server.admission.Admission;
import io.zonecache.server.metrics.Operation;
import io.zonecache.server.metrics.Outcome;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request and its one answer. The first answer counts and later ones are dropped, so that a timer and a finished disk read may race.
 * Everything but {@link #run} belongs to the request's event loop.
 */
public final class Exchange {

    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);
    private static final CharSequence EPOCH = HttpHeaders.createOptimized(Protocol.EPOCH_HEADER);
    private static final CharSequence PURGES = HttpHeaders.createOptimized(Protocol.PURGES_HEADER);
    private static final CharSequence WANTED = HttpHeaders.createOptimized(Protocol.WANTED_HEADER);
    private static final CharSequence STRIPES_TYPE = HttpHeaders.createOptimized(Protocol.STRIPES_MEDIA_TYPE);
    private static final CharSequence PROBLEM_TYPE = HttpHeaders.createOptimized(Protocol.PROBLEM_MEDIA_TYPE);
    private static final CharSequence JSON_TYPE = HttpHeaders.createOptimized(Protocol.JSON_MEDIA_TYPE);
    private static final CharSequence RETRY_AFTER = HttpHeaders.createOptimized("Retry-After");
    private static final long NO_DEADLINE_NANOS = TimeUnit.DAYS.toNanos(1);

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Context context;
    private final Serving serving;
    private final Operation operation;
    private final long startNanos;
    private long deadlineNanos;
    private int rank = Admission.DEFAULT_RANK;
    private Admission.@Nullable Ticket ticket;
    private @Nullable DataConnection connection;
    private @Nullable Runnable cancellation;
    private boolean answered;
    private boolean counted;

    /** @param connection on which the request has been begun; null if it is one that was refused */
    Exchange(
            HttpServerRequest request,
            Context context,
            Serving serving,
            Operation operation,
            @Nullable DataConnection connection) {
        this.request = request;
        this.response = request.response();
        this.context = context;
        this.serving = serving;
        this.operation = operation;
        this.startNanos = serving.nanoClock().getAsLong();
        this.deadlineNanos = startNanos + NO_DEADLINE_NANOS;
        this.connection = connection;
        if (connection != null && connection.closesAfterAnswer()) {
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        response.closeHandler(closed -> abandon());
    }

    /** @throws CacheException {@code BAD_REQUEST} for a header that can't be read, {@code DEADLINE_EXCEEDED} if no time is left */
    void readHeaders() {
        String deadline = request.getHeader(Protocol.DEADLINE_HEADER);
        if (deadline != null) {
            long millis = Parameters.number(Protocol.DEADLINE_HEADER, deadline, 0, Integer.MAX_VALUE);
            if (millis == 0) {
                throw new CacheException(
                        CacheErrorCode.DEADLINE_EXCEEDED,
                        Protocol.DEADLINE_HEADER + ": 0 (expected: the milliseconds that are left)");
            }
            deadlineNanos = startNanos + TimeUnit.MILLISECONDS.toNanos(millis);
        }
        String rankText = request.getHeader(Protocol.RANK_HEADER);
        if (rankText != null) {
            rank = (int) Parameters.number(Protocol.RANK_HEADER, rankText, 0, Protocol.RANKS - 1);
        }
    }

    public HttpServerRequest request() {
        return request;
    }

    public Context context() {
        return context;
    }

    public int rank() {
        return rank;
    }

    public long deadlineNanos() {
        return deadlineNanos;
    }

    /** Who asks, for shares and rates: remote address and {@code User-Agent}. */
    public String clientIdentity() {
        String agent = request.getHeader(HttpHeaders.USER_AGENT);
        return request.remoteAddress().hostAddress() + ' ' + (agent == null ? "" : agent);
    }

    /** Runs an action if the client goes away, or has gone when the answer has been written. */
    public void onClose(Runnable action) {
        cancellation = action;
        response.exceptionHandler(e -> action.run());
    }

    /** Keeps the request's place among those in flight until it is answered. */
    public void hold(Admission.Ticket newTicket) {
        ticket = newTicket;
    }

    /** Whether an answer has been given, or nobody is there to read one. */
    public boolean isAnswered() {
        return isOver();
    }

    /** Runs the action on the request's event loop. From any thread. */
    public void run(Runnable action) {
        context.runOnContext(ignored -> {
            try {
                action.run();
            } catch (RuntimeException e) {
                fail(e);
            }
        });
    }

    /** Answers with records, which are not copied and are released once written. */
    public void records(ByteBuf records, String outcome) {
        if (isOver()) {
            records.release();
            return;
        }
        int bytes = records.readableBytes();
        begin(200);
        response.putHeader(HttpHeaders.CONTENT_TYPE, STRIPES_TYPE);
        response.end(BufferInternal.buffer(records)).onComplete(written -> {
            records.release();
            serving.metrics().countSent(written.succeeded() ? bytes : 0);
            finish(written.succeeded() ? outcome : Outcome.ABANDONED);
        });
    }

    public void noContent(String outcome) {
        send(204, null, null, outcome);
    }

    /** A 200 without a body. */
    public void ok(String outcome) {
        send(200, null, null, outcome);
    }

    public void json(int status, String json, String outcome) {
        send(status, JSON_TYPE, json, outcome);
    }

    /** @param unsent run once if the answer is not written: an earlier one was first, or the connection is gone */
    public void json(int status, String json, String outcome, Runnable unsent) {
        send(status, JSON_TYPE, json, outcome, unsent);
    }

    /** A 304. */
    public void notModified() {
        send(304, null, null, Outcome.UNCHANGED);
    }

    /** Sets a header of the answer to come. */
    public void header(CharSequence name, CharSequence value) {
        if (!answered) {
            response.putHeader(name, value);
        }
    }

    /** A 404 for a chunk that this node has nothing of; the reader is asked to repair it if it is wanted. */
    public void miss(boolean wanted) {
        if (wanted) {
            header(WANTED, "1");
        }
        problem(CacheErrorCode.NOT_FOUND, serving.missDetail(), Outcome.MISS);
    }

    public void problem(CacheErrorCode code, String detail) {
        problem(code, detail, Outcome.of(code));
    }

    /** An error with when to come back. */
    public void problem(CacheErrorCode code, String detail, long retryAfterSeconds) {
        header(RETRY_AFTER, Long.toString(retryAfterSeconds));
        problem(code, detail);
    }

    public void problem(CacheException e) {
        problem(e.code(), e.detail());
    }

    /** An error after which the connection is of no use: the rest of the body would be waited for in vain, or read for nothing. */
    public void problemThenClose(CacheErrorCode code, String detail) {
        if (isOver()) {
            return;
        }
        if (UnreadBody.isHttp1(request)) {
            response.putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        problem(code, detail);
        UnreadBody.close(request, serving);
    }

    /** Answers for whatever went wrong while the request was handled. */
    public void fail(RuntimeException e) {
        if (e instanceof CacheException known) {
            problem(known);
            return;
        }
        LOG.error("{} {} failed", request.method(), request.path(), e);
        problem(CacheErrorCode.INTERNAL, e.getClass().getSimpleName() + " (expected: none, see the node's log)");
    }

    private void problem(CacheErrorCode code, String detail, String outcome) {
        int status = code.status();
        if (status == 429 || status == 503) {
            retryAfterIfUnset();
        }
        boolean hasBody = !"HEAD".equals(request.method().name());
        send(status, hasBody ? PROBLEM_TYPE : null, hasBody ? Problem.json(code, status, detail) : null, outcome);
    }

    private void retryAfterIfUnset() {
        if (!answered && !response.headers().contains(RETRY_AFTER)) {
            response.putHeader(RETRY_AFTER, "1");
        }
    }

    private void send(int status, @Nullable CharSequence type, @Nullable String body, String outcome) {
        send(status, type, body, outcome, () -> {});
    }

    private void send(int status, @Nullable CharSequence type, @Nullable String body, String outcome, Runnable unsent) {
        if (isOver()) {
            unsent.run();
            return;
        }
        begin(status);
        if (type != null) {
            response.putHeader(HttpHeaders.CONTENT_TYPE, type);
        }
        Future<Void> written = body == null ? response.end() : response.end(Buffer.buffer(body));
        written.onComplete(done -> {
            if (done.failed()) {
                unsent.run();
            }
            finish(done.succeeded() ? outcome : Outcome.ABANDONED);
        });
        UnreadBody.discard(request, serving);
    }

    /** Whether there is nobody left to answer: an earlier answer was first, or the client is gone. */
    private boolean isOver() {
        if (!answered && response.closed()) {
            answered = true;
            finish(Outcome.ABANDONED);
        }
        return answered;
    }

    private void begin(int status) {
        answered = true;
        response.setStatusCode(status);
        response.putHeader(EPOCH, serving.epochText());
        response.putHeader(PURGES, serving.purgesText());
    }

    /** The stream is gone. If an answer is being written, {@link #finish} still comes. */
    private void abandon() {
        if (!answered) {
            leaveConnection();
        }
        Runnable action = cancellation;
        if (action != null) {
            action.run();
        }
    }

    /** An HTTP/1.1 connection has this request under way until its body has been read, too. */
    private void leaveConnection() {
        DataConnection begunOn = connection;
        if (begunOn == null) {
            return;
        }
        connection = null;
        if (UnreadBody.isHttp1(request) && !request.isEnded()) {
            request.end().onComplete(ended -> begunOn.endRequest());
        } else {
            begunOn.endRequest();
        }
    }

    private void finish(String outcome) {
        leaveConnection();
        Admission.Ticket held = ticket;
        if (held != null) {
            ticket = null;
            held.close();
        }
        if (counted) {
            return;
        }
        counted = true;
        serving.metrics().count(operation, outcome, serving.nanoClock().getAsLong() - startNanos);
    }
}
