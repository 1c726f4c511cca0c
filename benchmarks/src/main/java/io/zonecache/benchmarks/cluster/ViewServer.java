package io.zonecache.benchmarks.cluster;

import com.sun.net.httpserver.HttpServer;
import io.zonecache.model.Protocol;
import io.zonecache.model.ViewJson;
import io.zonecache.model.ZoneView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * Shows clients another view than the nodes do: of the same nodes, under another code, or at other addresses. Its epoch must be greater than
 * any of the nodes', so that what they say of theirs is old.
 */
final class ViewServer implements AutoCloseable {

    private final HttpServer server;

    ViewServer(ZoneView view) {
        byte[] body = ViewJson.encode(view).json().getBytes(StandardCharsets.UTF_8);
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException("no port for a view: " + e, e);
        }
        server.createContext(Protocol.VIEW_PATH, exchange -> {
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    String address() {
        return "127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
