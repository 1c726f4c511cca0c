package io.zonecache.client.origin.s3;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Answers one request on each connection, as if there could be more, and closes it. Thread-safe. */
final class ClosingServer implements AutoCloseable {

    private static final String ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nConnection: keep-alive\r\nETag: \"1\"\r\n\r\ncontent";
    private static final long TIMEOUT_SECONDS = 30;

    private final ServerSocket listening;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicInteger requests = new AtomicInteger();
    private volatile @Nullable CyclicBarrier barrier;
    private volatile boolean refusing;

    ClosingServer() {
        try {
            listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.execute(this::accept);
    }

    URI endpoint() {
        return URI.create("http://127.0.0.1:" + listening.getLocalPort());
    }

    /** Requests read to their end. */
    int requests() {
        return requests.get();
    }

    /** The next answers wait until there are so many. */
    void holdAnswers(int count) {
        barrier = new CyclicBarrier(count, () -> barrier = null);
    }

    /** From now on closes connections without an answer. */
    void refuse() {
        refusing = true;
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listening.accept();
                threads.execute(() -> serve(socket));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            readRequest(socket);
            requests.incrementAndGet();
            CyclicBarrier all = barrier;
            if (all != null) {
                all.await(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            }
            if (!refusing) {
                socket.getOutputStream().write(ANSWER.getBytes(StandardCharsets.US_ASCII));
            }
        } catch (Exception e) {
            // The client sees it.
        }
    }

    private static void readRequest(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        int bodyBytes = 0;
        boolean expectsContinue = false;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
            String header = line.toLowerCase(Locale.ROOT);
            if (header.startsWith("content-length:")) {
                bodyBytes = Integer.parseInt(
                        header.substring(header.indexOf(':') + 1).strip());
            }
            expectsContinue |= header.startsWith("expect:");
        }
        if (expectsContinue) {
            socket.getOutputStream().write("HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        }
        in.readNBytes(bodyBytes);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("closed");
            }
            line.append((char) next);
        }
        return line.toString().strip();
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }
}
