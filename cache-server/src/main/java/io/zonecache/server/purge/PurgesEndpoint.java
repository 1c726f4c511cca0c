package io.zonecache.server.purge;

import io.zonecache.model.PurgePage;
import io.zonecache.server.http.Endpoint;
import io.zonecache.server.http.Exchange;
import io.zonecache.server.http.Route;
import io.zonecache.server.metrics.Outcome;

/** {@code GET /v1/purges}: the keys purged since a token. */
public final class PurgesEndpoint implements Endpoint {

    private final PurgeLog log;

    public PurgesEndpoint(PurgeLog log) {
        this.log = log;
    }

    @Override
    public void handle(Exchange exchange, Route route) {
        String since = exchange.request().getParam("since");
        PurgePage page = since == null ? log.start() : log.since(PurgeToken.parse("since", since), PurgePage.MAX_KEYS);
        exchange.json(200, page.encode(), Outcome.SENT);
    }
}
