package io.zonecache.server.view;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.EncodedView;
import io.zonecache.server.config.Limits;
import io.zonecache.server.http.Endpoint;
import io.zonecache.server.http.Exchange;
import io.zonecache.server.http.Parameters;
import io.zonecache.server.http.Route;
import io.zonecache.server.http.Serving;
import io.zonecache.server.metrics.Outcome;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@code GET /v1/view}, with {@code If-None-Match} and {@code Prefer: wait=S} (RFC 7240). */
public final class ViewEndpoint implements Endpoint {

    private static final String WAIT_PREFERENCE = "wait=";

    private final CurrentView current;
    private final Serving serving;

    public ViewEndpoint(CurrentView current, Serving serving) {
        this.current = current;
        this.serving = serving;
    }

    @Override
    public void handle(Exchange exchange, Route route) {
        HttpServerRequest request = exchange.request();
        long waitSeconds = waitSeconds(request.getHeader("Prefer"));
        EncodedView view = current.view();
        if (view == null || !matches(request.getHeader(HttpHeaders.IF_NONE_MATCH), view)) {
            send(exchange, view);
        } else if (waitSeconds == 0) {
            sendUnchanged(exchange, view);
        } else {
            await(exchange, view, waitSeconds);
        }
    }

    private void await(Exchange exchange, EncodedView known, long waitSeconds) {
        Runnable wake = () -> exchange.run(() -> send(exchange, current.view()));
        if (!current.await(known, wake, serving.limits().maxConnections())) {
            throw new CacheException(CacheErrorCode.BUSY, "view waits: " + current.waiting() + " (expected: fewer)");
        }
        long timer = serving.vertx().setTimer(TimeUnit.SECONDS.toMillis(waitSeconds), id -> {
            current.cancel(wake);
            sendUnchanged(exchange, known);
        });
        Runnable stop = () -> {
            serving.vertx().cancelTimer(timer);
            current.cancel(wake);
        };
        exchange.onClose(stop);
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
}
