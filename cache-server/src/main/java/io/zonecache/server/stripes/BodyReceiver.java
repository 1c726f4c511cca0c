package io.zonecache.server.stripes;

import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.internal.buffer.BufferInternal;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.StripeHeader;
import io.zonecache.server.http.Exchange;
import io.zonecache.server.http.Serving;
import io.zonecache.server.metrics.Outcome;
import io.zonecache.storage.StripeStore;
import java.util.function.Consumer;

/**
 * Receives the body of one PUT, and answers as soon as the answer is known: at the first bad byte, or at a header which shows that the
 * record is held already. A body that does not go on for the stall time ends in {@code REQUEST_TIMEOUT}; so does one that crawls.
 */
final class BodyReceiver {

    /** Less than this within one stall time is no progress: a body of the default size would take a minute. */
    private static final int CRAWL_BYTES = 16 * 1024;

    private final Exchange exchange;
    private final HttpServerRequest request;
    private final Serving serving;
    private final RecordAssembler assembler;
    private final StripeStore store;
    private final int declaredBytes;
    private final Consumer<ByteBuf> received;
    private int bytesAtLastCheck;
    private long stallTimer;
    private boolean headerSeen;

    /** @param received takes over the body once it is whole and sound */
    BodyReceiver(
            Exchange exchange,
            Serving serving,
            RecordAssembler assembler,
            StripeStore store,
            int declaredBytes,
            Consumer<ByteBuf> received) {
        this.exchange = exchange;
        this.request = exchange.request();
        this.serving = serving;
        this.assembler = assembler;
        this.store = store;
        this.declaredBytes = declaredBytes;
        this.received = received;
    }

    void start() {
        long stallMillis = serving.limits().bodyStallMillis();
        stallTimer = serving.vertx().setPeriodic(stallMillis, id -> checkProgress());
        request.exceptionHandler(e -> abandon());
        request.handler(this::accept);
        request.endHandler(ended -> finish());
        if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
            request.response().writeContinue();
        }
    }

    private void accept(Buffer piece) {
        if (exchange.isAnswered()) {
            return;
        }
        serving.metrics().countReceived(piece.length());
        try {
            assembler.accept(((BufferInternal) piece).getByteBuf());
            answerIfHeld();
        } catch (RuntimeException e) {
            stop();
            exchange.fail(e);
        }
    }

    private void answerIfHeld() {
        StripeHeader header = assembler.firstHeader();
        if (headerSeen || header == null) {
            return;
        }
        headerSeen = true;
        if (header.recordBytes() == declaredBytes && store.holdsRecord(header)) {
            stop();
            exchange.noContent(Outcome.HELD);
        }
    }

    private void finish() {
        if (exchange.isAnswered()) {
            return;
        }
        serving.vertx().cancelTimer(stallTimer);
        ByteBuf body;
        try {
            body = assembler.take();
        } catch (CacheException e) {
            stop();
            exchange.problem(e);
            return;
        }
        received.accept(body);
    }

    private void checkProgress() {
        int bytes = assembler.receivedBytes();
        if (bytes - bytesAtLastCheck >= CRAWL_BYTES) {
            bytesAtLastCheck = bytes;
            return;
        }
        stop();
        exchange.problemThenClose(
                CacheErrorCode.REQUEST_TIMEOUT,
                "body bytes: " + bytes + " within " + serving.limits().bodyStallMillis() + " ms (expected: "
                        + (declaredBytes > 0 ? Integer.toString(declaredBytes) : "all of it") + ")");
    }

    /** The client is gone; the exchange finds that out as it answers. */
    private void abandon() {
        stop();
        exchange.problem(CacheErrorCode.REQUEST_TIMEOUT, "connection: closed within the body (expected: all of it)");
    }

    private void stop() {
        serving.vertx().cancelTimer(stallTimer);
        assembler.close();
    }
}
