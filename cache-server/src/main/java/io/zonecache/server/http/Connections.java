package io.zonecache.server.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the data plane's connections over all event loops. One beyond the limit is told so in its first answer and closed;
 * where even those grow too many, they are closed at once.
 */
public final class Connections {

    private static final int MAX_REFUSED = 256;
    private static final long REFUSED_MILLIS = 1_000;

    private final int maxConnections;
    private final AtomicInteger open = new AtomicInteger();
    private final Set<HttpConnection> refused = ConcurrentHashMap.newKeySet();
    private volatile int port;

    public Connections(int maxConnections) {
        this.maxConnections = maxConnections;
    }

    public int open() {
        return open.get();
    }

    /** The port that was bound, 0 before. */
    public int port() {
        return port;
    }

    void boundTo(int newPort) {
        port = newPort;
    }

    void opened(HttpConnection connection, Vertx vertx) {
        int count = open.incrementAndGet();
        connection.closeHandler(closed -> {
            open.decrementAndGet();
            refused.remove(connection);
        });
        if (count > maxConnections + MAX_REFUSED) {
            connection.close();
        } else if (count > maxConnections) {
            refused.add(connection);
            vertx.setTimer(REFUSED_MILLIS, id -> connection.close());
        }
    }

    boolean isRefused(HttpConnection connection) {
        return !refused.isEmpty() && refused.contains(connection);
    }
}
