package io.zonecache.client.internal.transport;

import io.zonecache.model.Protocol;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Something on a port that is no proper node: each connection gets a thread that reads a request's head and then misbehaves. */
final class HostileServer implements AutoCloseable {

    /** What is done once a head has come; returning closes the connection. */
    interface Misdeed {
        void answer(OutputStream out) throws Exception;
    }

    private final ServerSocket server;
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    final AtomicInteger connections = new AtomicInteger();

    HostileServer(Misdeed misdeed) {
        this(InetAddress.getLoopbackAddress(), 0, misdeed);
    }

    HostileServer(InetAddress address, int port, Misdeed misdeed) {
        try {
            server = new ServerSocket(port, 50, address);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        Thread acceptor = new Thread(() -> accept(misdeed), "hostile-server");
        acceptor.setDaemon(true);
        acceptor.start();
    }

    String address() {
        return "127.0.0.1:" + server.getLocalPort();
    }

    int port() {
        return server.getLocalPort();
    }

    /** An answer of stripes with this declared length, whatever follows. */
    static byte[] head(long length) {
        return ascii("HTTP/1.1 200 OK\r\nContent-Type: " + Protocol.STRIPES_MEDIA_TYPE + "\r\nZonecache-Epoch: 1000\r\n"
                + "Content-Length: " + length + "\r\n\r\n");
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private void accept(Misdeed misdeed) {
        try {
            while (true) {
                Socket socket = server.accept();
                sockets.add(socket);
                connections.incrementAndGet();
                Thread thread = new Thread(() -> serve(socket, misdeed), "hostile-connection");
                thread.setDaemon(true);
                thread.start();
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private void serve(Socket socket, Misdeed misdeed) {
        try (socket) {
            while (readHead(socket.getInputStream())) {
                misdeed.answer(socket.getOutputStream());
            }
        } catch (Exception e) {
            // The client has cut the connection off, which is its right.
        }
        sockets.remove(socket);
    }

    private static boolean readHead(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        for (int next = in.read(); next >= 0; next = in.read()) {
            head.write(next);
            if (head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
                return true;
            }
        }
        return false;
    }

    void closeConnections() {
        try {
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        closeConnections();
    }
}
