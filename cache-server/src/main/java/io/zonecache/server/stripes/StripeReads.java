package io.zonecache.server.stripes;

import io.netty.buffer.ByteBuf;
import io.zonecache.model.ChunkKey;
import io.zonecache.server.admission.Admission;
import io.zonecache.server.admission.RequestKind;
import io.zonecache.server.http.Endpoint;
import io.zonecache.server.http.Exchange;
import io.zonecache.server.http.Route;
import io.zonecache.server.metrics.Outcome;
import io.zonecache.storage.StripeStore.Lookup;

/** {@code GET} and {@code HEAD} of a chunk's stripes. */
public final class StripeReads implements Endpoint {

    private final NodeStripes node;

    public StripeReads(NodeStripes node) {
        this.node = node;
    }

    @Override
    public void handle(Exchange exchange, Route route) {
        ChunkKey key = node.readableKey(route.key());
        if ("HEAD".equals(exchange.request().method().name())) {
            head(exchange, key);
            return;
        }
        Admission.Ticket ticket = node.admit(exchange, RequestKind.READ);
        if (ticket == null) {
            return;
        }
        node.repairBudget().countRead();
        Lookup found = node.store().lookup(key);
        node.referenced(key);
        if (found instanceof Lookup.Hot hot) {
            sendHot(exchange, ticket, hot.records());
        } else if (found instanceof Lookup.OnDisk onDisk) {
            reserve(ticket, onDisk.recordsBytes());
            readDisk(exchange, key);
        } else {
            miss(exchange, key);
        }
    }

    private void head(Exchange exchange, ChunkKey key) {
        if (node.store().holds(key)) {
            exchange.ok(Outcome.HELD);
        } else {
            exchange.miss(false);
        }
    }

    private void sendHot(Exchange exchange, Admission.Ticket ticket, ByteBuf records) {
        if (!ticket.reserve(records.readableBytes())) {
            records.release();
            throw node.memoryExhausted();
        }
        exchange.records(records, Outcome.HOT);
    }

    private void readDisk(Exchange exchange, ChunkKey key) {
        node.readQueue()
                .submit(
                        exchange.deadlineNanos(),
                        () -> send(exchange, key),
                        code -> exchange.run(() -> node.refuse(exchange, code)));
    }

    /** On a thread of the read queue. */
    private void send(Exchange exchange, ChunkKey key) {
        ByteBuf records;
        try {
            records = node.store().read(key);
        } catch (RuntimeException e) {
            exchange.run(() -> exchange.fail(e));
            return;
        }
        exchange.run(() -> {
            if (records == null) {
                miss(exchange, key);
            } else {
                exchange.records(records, Outcome.DISK);
            }
        });
    }

    private void miss(Exchange exchange, ChunkKey key) {
        exchange.miss(!node.isDraining().getAsBoolean() && node.repairBudget().grant(key));
    }

    private void reserve(Admission.Ticket ticket, int bytes) {
        if (!ticket.reserve(bytes)) {
            throw node.memoryExhausted();
        }
    }
}
