package io.zonecache.server.http;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.server.http.Route.Resource;
import io.zonecache.server.metrics.Operation;
import java.util.Map;

/** Hands each request to the endpoint of its path, and answers those that have none. */
public final class DataPlane {

    private static final String ALLOW = "Allow";

    private final Serving serving;
    private volatile boolean stopping;
    private volatile Map<Resource, Endpoint> endpoints = Map.of();

    public DataPlane(Serving serving) {
        this.serving = serving;
    }

    /** Begins to serve; until then requests are answered {@code BUSY}, since the port is bound before the node is whole. */
    public void serve(Map<Resource, Endpoint> newEndpoints) {
        endpoints = Map.copyOf(newEndpoints);
    }

    /** Answers {@code DRAINING} to whatever comes from now on, and closes its connection. */
    public void stopTaking() {
        stopping = true;
    }

    void handle(HttpServerRequest request, DataConnection connection) {
        Context context = Vertx.currentContext();
        if (context == null) {
            throw new IllegalStateException("request outside of an event loop");
        }
        String path = request.path();
        Route route = Route.parse(path == null ? "" : path);
        String method = request.method().name();
        if (!connection.beginRequest()) {
            refuse(new Exchange(request, context, serving, Operation.OTHER, null));
            return;
        }
        Exchange exchange = new Exchange(request, context, serving, operation(route.resource(), method), connection);
        if (stopping) {
            exchange.problemThenClose(CacheErrorCode.DRAINING, "node: stopping (expected: another node)");
            return;
        }
        try {
            handle(exchange, route, method);
        } catch (RuntimeException e) {
            exchange.fail(e);
        }
    }

    /** Turns away a connection beyond the limit. */
    private void refuse(Exchange exchange) {
        exchange.header("Retry-After", "1");
        exchange.problemThenClose(
                CacheErrorCode.BUSY,
                "connections: " + serving.limits().maxConnections() + " with a request under way (expected: fewer)");
    }

    Serving serving() {
        return serving;
    }

    private void handle(Exchange exchange, Route route, String method) {
        if (route.resource() == Resource.NONE) {
            throw new CacheException(
                    CacheErrorCode.NO_SUCH_RESOURCE,
                    "path: \""
                            + Parameters.shown(String.valueOf(exchange.request().path()))
                            + "\" (expected: /v1/chunks/{key}/stripes, /v1/chunks/{key}/lease, /v1/view or /v1/purges)");
        }
        if (!route.resource().answers(method)) {
            exchange.header(ALLOW, route.resource().allow());
            throw new CacheException(
                    CacheErrorCode.METHOD_NOT_ALLOWED,
                    "method: " + Parameters.shown(method) + " (expected: "
                            + route.resource().allow() + ")");
        }
        exchange.readHeaders();
        Endpoint endpoint = endpoints.get(route.resource());
        if (endpoint == null) {
            throw new CacheException(CacheErrorCode.BUSY, "node: starting (expected: a moment later)");
        }
        endpoint.handle(exchange, route);
    }

    private static Operation operation(Resource resource, String method) {
        return switch (resource) {
            case VIEW -> Operation.GET_VIEW;
            case PURGES -> Operation.GET_PURGES;
            case LEASES -> Operation.ACQUIRE_LEASE;
            case LEASE -> Operation.END_LEASE;
            case NONE -> Operation.OTHER;
            case STRIPES ->
                switch (method) {
                    case "GET" -> Operation.GET_STRIPES;
                    case "HEAD" -> Operation.HEAD_STRIPES;
                    case "PUT" -> Operation.PUT_STRIPES;
                    case "DELETE" -> Operation.REPORT_CORRUPT;
                    default -> Operation.OTHER;
                };
        };
    }
}
