package io.zonecache.server.view;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.EncodedView;
import io.zonecache.model.Protocol;
import io.zonecache.server.config.Limits;
import io.zonecache.server.http.Endpoint;
import io.zonecache.server.http.Exchange;
import io.zonecache.server.http.Parameters;
import io.zonecache.server.http.Route;
import io.zonecache.server.http.Serving;
import io.zonecache.server.metrics.Outcome;
import io.zonecache.server.purge.PurgeNews;
import io.zonecache.server.purge.PurgeToken;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /v1/view}, with {@code If-None-Match} and {@code Prefer: wait=S} (RFC 7240). A request that is held also ends, with 304,
 * when this node has heard of more purges than the client says in {@code Zonecache-Purges}, or than it had heard of when the request came.
 */
public final class ViewEndpoint implements Endpoint {

    private static final String WAIT_PREFERENCE = "wait=";

    private final CurrentView current;
    private final PurgeNews purges;
    private final Serving serving;

    public ViewEndpoint(CurrentView current, PurgeNews purges, Serving serving) {
        this.current = current;
        this.purges = purges;
        this.serving = serving;
    }

    @Override
    public void handle(Exchange exchange, Route route) {
        HttpServerRequest request = exchange.request();
        long waitSeconds = waitSeconds(request.getHeader("Prefer"));
        String knownPurges = knownPurges(request);
        EncodedView view = current.view();
        if (view == null || !matches(request.getHeader(HttpHeaders.IF_NONE_MATCH), view)) {
            send(exchange, view);
        } else if (waitSeconds == 0) {
            sendUnchanged(exchange, view);
        } else {
            new HeldRequest(exchange, view).begin(knownPurges, waitSeconds);
        }
    }

    private String knownPurges(HttpServerRequest request) {
        String known = request.getHeader(Protocol.PURGES_HEADER);
        return known == null
                ? serving.purges().get()
                : PurgeToken.parse(Protocol.PURGES_HEADER, known).toString();
    }

    private static void send(Exchange exchange, @Nullable EncodedView view) {
        if (view == null) {
            exchange.problem(CacheErrorCode.BUSY, "view: none yet (expected: enough nodes to have joined)");
            return;
        }
        exchange.header(HttpHeaders.ETAG, view.version().etag());
        exchange.json(200, view.json(), Outcome.SENT);
    }

    private static void sendUnchanged(Exchange exchange, EncodedView view) {
        exchange.header(HttpHeaders.ETAG, view.version().etag());
        exchange.notModified();
    }

    private static boolean matches(@Nullable String ifNoneMatch, EncodedView view) {
        if (ifNoneMatch == null) {
            return false;
        }
        for (String tag : ifNoneMatch.split(",", -1)) {
            String bare = tag.trim();
            bare = bare.startsWith("W/") ? bare.substring(2) : bare;
            if (bare.equals("*") || bare.equals(view.version().etag())) {
                return true;
            }
        }
        return false;
    }

    /** A preference that can't be read is ignored, as RFC 7240 asks; one that is too long is cut. */
    private static long waitSeconds(@Nullable String prefer) {
        if (prefer == null) {
            return 0;
        }
        for (String preference : prefer.split("[,;]", -1)) {
            String text = preference.trim();
            if (text.startsWith(WAIT_PREFERENCE)) {
                try {
                    long seconds =
                            Parameters.number("wait", text.substring(WAIT_PREFERENCE.length()), 0, Integer.MAX_VALUE);
                    return Math.min(seconds, Limits.MAX_VIEW_WAIT_SECONDS);
                } catch (CacheException e) {
                    return 0;
                }
            }
        }
        return 0;
    }

    /** A request that waits for news. Whatever ends it takes it out of everything that could end it. Belongs to its event loop. */
    private final class HeldRequest {

        private final Exchange exchange;
        private final EncodedView known;
        private final Runnable viewChanged;
        private final Runnable purgesChanged;
        private long timer;

        HeldRequest(Exchange exchange, EncodedView known) {
            this.exchange = exchange;
            this.known = known;
            this.viewChanged = () -> exchange.run(this::sendNewest);
            this.purgesChanged = () -> exchange.run(this::endUnchanged);
        }

        void begin(String knownPurges, long waitSeconds) {
            if (!current.await(known, viewChanged, serving.limits().maxConnections())) {
                throw new CacheException(
                        CacheErrorCode.BUSY, "view waits: " + current.waiting() + " (expected: fewer)");
            }
            purges.await(knownPurges, purgesChanged);
            timer = serving.vertx().setTimer(TimeUnit.SECONDS.toMillis(waitSeconds), id -> endUnchanged());
            exchange.onClose(this::release);
        }

        private void sendNewest() {
            release();
            send(exchange, current.view());
        }

        private void endUnchanged() {
            release();
            sendUnchanged(exchange, known);
        }

        private void release() {
            serving.vertx().cancelTimer(timer);
            current.cancel(viewChanged);
            purges.cancel(purgesChanged);
        }
    }
}
