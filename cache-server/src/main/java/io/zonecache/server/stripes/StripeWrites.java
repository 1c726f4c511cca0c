package io.zonecache.server.stripes;

import io.netty.buffer.ByteBuf;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.Protocol;
import io.zonecache.model.StripeRecord;
import io.zonecache.server.admission.Admission;
import io.zonecache.server.admission.RequestKind;
import io.zonecache.server.config.Limits;
import io.zonecache.server.http.Endpoint;
import io.zonecache.server.http.Exchange;
import io.zonecache.server.http.Parameters;
import io.zonecache.server.http.Route;
import io.zonecache.server.http.Serving;
import io.zonecache.server.metrics.Outcome;

/** {@code PUT} of a chunk's stripes. */
public final class StripeWrites implements Endpoint {

    private final NodeStripes node;
    private final Serving serving;

    public StripeWrites(NodeStripes node, Serving serving) {
        this.node = node;
        this.serving = serving;
    }

    @Override
    public void handle(Exchange exchange, Route route) {
        ChunkKey key = node.readableKey(route.key());
        if (node.isDraining().getAsBoolean()) {
            throw new CacheException(CacheErrorCode.DRAINING, "node: draining (expected: a write to another)");
        }
        HttpServerRequest request = exchange.request();
        int declaredBytes = declaredBytes(exchange, request);
        if (exchange.isAnswered()) {
            return;
        }
        boolean leased = request.headers().contains(Protocol.LEASE_HEADER);
        Admission.Ticket ticket = node.admit(exchange, leased ? RequestKind.LEASED_WRITE : RequestKind.UNLEASED_WRITE);
        if (ticket == null) {
            return;
        }
        RecordAssembler assembler = new RecordAssembler(key, declaredBytes, Limits.MAX_BODY_BYTES, bytes -> {
            if (!ticket.reserve(bytes)) {
                throw node.memoryExhausted();
            }
        });
        new BodyReceiver(
                        exchange,
                        serving,
                        assembler,
                        node.store(),
                        declaredBytes,
                        body -> store(exchange, key, body, leased))
                .start();
    }

    /** 0 if the request doesn't say; answers where what it says is too much or too little. */
    private static int declaredBytes(Exchange exchange, HttpServerRequest request) {
        String text = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        if (text == null) {
            return 0;
        }
        long declared = Parameters.number("Content-Length", text, 0, Long.MAX_VALUE);
        if (declared > Limits.MAX_BODY_BYTES) {
            exchange.problemThenClose(
                    CacheErrorCode.TOO_LARGE,
                    "body bytes: " + declared + " (expected: at most " + Limits.MAX_BODY_BYTES + ")");
        } else if (declared < StripeRecord.HEADER_BYTES) {
            exchange.problem(
                    CacheErrorCode.BAD_RECORD,
                    "body bytes: " + declared + " (expected: a whole record of at least " + StripeRecord.HEADER_BYTES
                            + ")");
        }
        return (int) Math.min(declared, Limits.MAX_BODY_BYTES);
    }

    private void store(Exchange exchange, ChunkKey key, ByteBuf body, boolean leased) {
        node.writeQueue()
                .submit(
                        exchange.deadlineNanos(),
                        () -> {
                            try {
                                put(key, body);
                                if (!leased) {
                                    node.repairBudget().countRepair();
                                }
                                exchange.run(() -> exchange.noContent(Outcome.STORED));
                            } catch (RuntimeException e) {
                                exchange.run(() -> exchange.fail(e));
                            } finally {
                                body.release();
                            }
                        },
                        code -> {
                            body.release();
                            exchange.run(() -> node.refuse(exchange, code));
                        });
    }

    private void put(ChunkKey key, ByteBuf body) {
        boolean isReference = node.isUnknown(key);
        node.store().put(key, body);
        if (isReference) {
            node.referenced(key);
        }
        if (node.purged().contains(key)) {
            node.store().drop(key);
            throw new CacheException(
                    CacheErrorCode.PURGED, "chunk: " + key + " was purged meanwhile (expected: another)");
        }
    }
}
