package io.zonecache.server;

import static io.zonecache.server.Stripes.path;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.StripeRecord;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * All that takes a node's memory, at once: connections that rest, readers that ask for much and take nothing, writers and readers of
 * small, usual and largest records. Refusals count as answers: an overloaded node is meant to give them.
 */
final class MixedLoad implements AutoCloseable {

    private static final int USUAL_BYTES = 131_072;
    private static final int LARGEST_BYTES = 16 << 20;
    private static final int TINY_BYTES = 64;

    /** Each asks for so many answers that no socket buffer holds them. */
    private static final int PIPELINED = 64;

    private final int port;
    private final long seed;
    private final byte[] noise = new byte[LARGEST_BYTES];
    private final List<RawConnection> resting = new ArrayList<>();
    private final AtomicInteger written = new AtomicInteger();
    private final AtomicLong putBytes = new AtomicLong();
    private final AtomicLong gotBytes = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong closed = new AtomicLong();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Future<?>> running = new ArrayList<>();
    private volatile boolean stopping;

    MixedLoad(int port, long seed) {
        this.port = port;
        this.seed = seed;
        new Random(seed).nextBytes(noise);
    }

    /** Connections that say nothing, and some that have said half a request. */
    void rest(int connections) throws IOException {
        for (int i = 0; i < connections; i++) {
            RawConnection connection = new RawConnection(port);
            resting.add(connection);
            if (i % 4 == 0) {
                connection.send("GET /v1/view HTTP/1.1\r\nHost: n\r\n");
            }
        }
    }

    /** Connections that ask for the first records written and read nothing of the answers. */
    void readNothing(int connections) throws IOException {
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < PIPELINED; i++) {
            requests.append("GET ").append(path(Stripes.key(seed + i))).append(" HTTP/1.1\r\nHost: n\r\n\r\n");
        }
        for (int i = 0; i < connections; i++) {
            RawConnection connection = new RawConnection(port);
            resting.add(connection);
            connection.send(requests.toString());
        }
    }

    void start(int usualWriters, int tinyWriters, int largestWriters, int readers) {
        add(usualWriters, c -> write(c, USUAL_BYTES));
        add(tinyWriters, c -> write(c, TINY_BYTES));
        add(largestWriters, c -> write(c, LARGEST_BYTES));
        add(readers, this::read);
    }

    long putBytes() {
        return putBytes.get();
    }

    int written() {
        return written.get();
    }

    /** @throws java.util.concurrent.ExecutionException if a thread met anything but an answer */
    void stop() throws Exception {
        stopping = true;
        for (Future<?> thread : running) {
            thread.get();
        }
    }

    @Override
    public void close() throws IOException {
        stopping = true;
        threads.shutdownNow();
        for (RawConnection connection : resting) {
            connection.close();
        }
    }

    @Override
    public String toString() {
        return String.format(
                Locale.ROOT,
                "seed %d: %,d records put, %,d MiB; %,d MiB got; %,d refused, %,d closed",
                seed,
                written.get(),
                putBytes.get() >> 20,
                gotBytes.get() >> 20,
                refused.get(),
                closed.get());
    }

    private void add(int count, Work work) {
        for (int i = 0; i < count; i++) {
            running.add(threads.submit(() -> keepOn(work)));
        }
    }

    /** A node may close a connection on which it refuses a large body; the next one is as good. */
    private Void keepOn(Work work) throws IOException {
        while (!stopping) {
            try (RawConnection connection = new RawConnection(port)) {
                while (!stopping) {
                    work.once(connection);
                }
            } catch (SocketException | EOFException e) {
                closed.incrementAndGet();
            }
        }
        return null;
    }

    private void write(RawConnection connection, int payloadBytes) throws IOException {
        ChunkKey key = Stripes.key(seed + written.getAndIncrement());
        byte[] record = StripeRecord.encode(
                        Stripes.WHOLE, 0, payloadBytes, key, key.w1(), ByteBuffer.wrap(noise, 0, payloadBytes))
                .bytes()
                .array();
        connection
                .send("PUT " + path(key) + " HTTP/1.1\r\nHost: n\r\nZonecache-Lease: l\r\nContent-Length: "
                        + record.length + "\r\n\r\n")
                .send(record);
        count(connection.receive(), record.length, putBytes);
    }

    private void read(RawConnection connection) throws IOException {
        ChunkKey key = Stripes.key(seed + ThreadLocalRandom.current().nextInt(Math.max(1, written.get())));
        RawConnection.Answer answer = connection
                .send("GET " + path(key) + " HTTP/1.1\r\nHost: n\r\n\r\n")
                .receive();
        count(answer, answer.body().length, gotBytes);
    }

    private void count(RawConnection.Answer answer, int bytes, AtomicLong counter) throws IOException {
        if (answer.status() / 100 == 2) {
            counter.addAndGet(bytes);
        } else if (answer.status() != 404) {
            refused.incrementAndGet();
            if (answer.status() != 503) {
                throw new IOException("answer " + answer.status() + ": " + answer.text());
            }
        }
    }

    private interface Work {

        void once(RawConnection connection) throws IOException;
    }
}
