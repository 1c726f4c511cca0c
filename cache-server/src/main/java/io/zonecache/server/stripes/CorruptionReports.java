package io.zonecache.server.stripes;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.server.http.Endpoint;
import io.zonecache.server.http.Exchange;
import io.zonecache.server.http.Parameters;
import io.zonecache.server.http.Route;
import io.zonecache.server.metrics.Outcome;

/** {@code DELETE} of a chunk's stripes if they are corrupt: readers report, the node judges by its own check. */
public final class CorruptionReports implements Endpoint {

    private final NodeStripes node;

    public CorruptionReports(NodeStripes node) {
        this.node = node;
    }

    @Override
    public void handle(Exchange exchange, Route route) {
        ChunkKey key = ChunkKey.parse(route.key());
        String query = exchange.request().query();
        if (!"if=corrupt".equals(query)) {
            throw new CacheException(
                    CacheErrorCode.BAD_REQUEST,
                    "query: " + (query == null ? "none" : '"' + Parameters.shown(query) + '"')
                            + " (expected: if=corrupt; purging is the operator's)");
        }
        if (!node.reportRates().take(exchange.clientIdentity())) {
            throw new CacheException(CacheErrorCode.RATE_LIMITED, "reports: too many of this client (expected: fewer)");
        }
        node.writeQueue()
                .submit(
                        exchange.deadlineNanos(),
                        () -> {
                            boolean dropped = node.store().dropIfCorrupt(key);
                            exchange.run(() -> exchange.noContent(dropped ? Outcome.DROPPED : Outcome.SOUND));
                        },
                        code -> exchange.run(() -> node.refuse(exchange, code)));
    }
}
