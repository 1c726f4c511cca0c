package io.zonecache.server;

import static io.zonecache.server.Stripes.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.model.ChunkKey;
import io.zonecache.server.RawConnection.Answer;
import io.zonecache.server.metrics.ConnectionCounts;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Many more connections than a node takes: each request gets its whole answer or none, and nothing stays counted. */
class ConnectionStormTest {

    private static final ChunkKey KEY = Stripes.key(1);
    private static final byte[] RECORD = Stripes.record(KEY, Stripes.WHOLE, 0, 200_000);
    private static final String GET = "GET " + path(KEY) + " HTTP/1.1\r\nHost: n\r\n\r\n";

    @TempDir
    Path directory;

    @Test
    void shouldKeepNoCountOfAStormOfShortConnections() throws Exception {
        int limit = 16;
        int threads = 8;
        int rounds = 8;
        int connectionsEach = 40;
        AtomicInteger served = new AtomicInteger();
        try (TestNode node = start(limit)) {
            inParallel(threads, thread -> {
                for (int round = 0; round < rounds; round++) {
                    List<RawConnection> storm = new ArrayList<>();
                    for (int i = 0; i < connectionsEach; i++) {
                        storm.add(new RawConnection(node.port()));
                    }
                    for (RawConnection connection : storm) {
                        Answer answer = ask(connection);
                        served.addAndGet(answer != null && isServed(answer) ? 1 : 0);
                        connection.close();
                    }
                }
            });
            await().until(() -> node.node().connections() == 0);
            ConnectionCounts counts = node.node().connectionCounts();
            assertThat(counts.busy()).isZero();
            assertThat(served.get())
                    .as("served of %d, %s", threads * rounds * connectionsEach, counts)
                    .isPositive();
            assertThat(counts.evicted() + counts.refused()).as("%s", counts).isPositive();
            shouldTakeAsManyAsItsLimit(node, limit);
        }
    }

    @Test
    void shouldAnswerWhollyOrNotAtAllWhenARequestMeetsTheCloseOfItsConnection() throws Exception {
        long seed = System.nanoTime();
        int threads = 12;
        int requestsEach = 80;
        AtomicInteger closedUnanswered = new AtomicInteger();
        AtomicInteger served = new AtomicInteger();
        try (TestNode node = start(4)) {
            inParallel(threads, thread -> {
                Random random = new Random(seed + thread);
                RawConnection connection = new RawConnection(node.port());
                for (int i = 0; i < requestsEach; i++) {
                    LockSupport.parkNanos(random.nextInt(500_000));
                    Answer answer = ask(connection);
                    if (answer == null) {
                        closedUnanswered.incrementAndGet();
                    } else {
                        served.addAndGet(isServed(answer) ? 1 : 0);
                    }
                    if (answer == null || "close".equals(answer.headers().get("connection"))) {
                        connection.close();
                        connection = new RawConnection(node.port());
                    }
                }
                connection.close();
            });
            await().until(() -> node.node().connections() == 0);
            ConnectionCounts counts = node.node().connectionCounts();
            assertThat(counts.busy()).isZero();
            assertThat(counts.evicted())
                    .as(
                            "%s, %d closed unanswered, %d served, seed %d",
                            counts, closedUnanswered.get(), served.get(), seed)
                    .isPositive();
        }
    }

    @Test
    void shouldFailNoRequestOfClientsThatTogetherHoldMoreConnectionsThanTheLimit() throws Exception {
        long seed = System.nanoTime();
        int clients = 10;
        int connectionsEach = 4;
        int requestsEach = 200;
        try (TestNode node = start(clients + 1)) {
            inParallel(clients, client -> {
                Random random = new Random(seed + client);
                @Nullable RawConnection[] kept = new RawConnection[connectionsEach];
                for (int i = 0; i < requestsEach; i++) {
                    int chosen = random.nextInt(connectionsEach);
                    RawConnection connection = kept[chosen];
                    Answer answer = connection == null ? null : ask(connection);
                    if (answer == null) {
                        connection = new RawConnection(node.port());
                        kept[chosen] = connection;
                        answer = ask(connection);
                    }
                    assertThat(answer)
                            .as("request %d of client %d, seed %d", i, client, seed)
                            .isNotNull();
                    assertThat(answer.status())
                            .as("request %d of client %d, seed %d", i, client, seed)
                            .isEqualTo(200);
                    if ("close".equals(answer.headers().get("connection"))) {
                        connection.close();
                        kept[chosen] = null;
                    }
                }
                for (RawConnection connection : kept) {
                    if (connection != null) {
                        connection.close();
                    }
                }
            });
            ConnectionCounts counts = node.node().connectionCounts();
            assertThat(counts.refused()).as("%s", counts).isZero();
            assertThat(counts.evicted()).as("%s", counts).isPositive();
        }
    }

    private TestNode start(int maxConnections) throws Exception {
        TestNode node = TestNode.start(directory, Map.of("max-connections", Integer.toString(maxConnections)));
        try (RawConnection connection = new RawConnection(node.port())) {
            connection.send(
                    "PUT " + path(KEY) + " HTTP/1.1\r\nHost: n\r\nContent-Length: " + RECORD.length + "\r\n\r\n");
            assertThat(connection.send(RECORD).receive().status()).isEqualTo(204);
        }
        return node;
    }

    /** All with a request under way, and one more refused: no place is taken by what has gone. */
    private static void shouldTakeAsManyAsItsLimit(TestNode node, int limit) throws Exception {
        List<RawConnection> busy = new ArrayList<>();
        try {
            String etag = node.membership().view().version().etag();
            for (int i = 0; i < limit; i++) {
                busy.add(new RawConnection(node.port())
                        .send("GET /v1/view HTTP/1.1\r\nHost: n\r\nPrefer: wait=30\r\nIf-None-Match: " + etag
                                + "\r\n\r\n"));
                int begun = i + 1;
                await().until(() -> node.node().connectionCounts().busy() == begun);
            }
            try (RawConnection oneMore = new RawConnection(node.port())) {
                assertThat(oneMore.send(GET).receive().status()).isEqualTo(503);
            }
            node.membership().forceView();
            for (RawConnection connection : busy) {
                assertThat(connection.receive().status()).isEqualTo(200);
            }
        } finally {
            for (RawConnection connection : busy) {
                connection.close();
            }
        }
    }

    /** The answer, which must be whole and right; null if the connection was closed before its first byte. */
    private static @Nullable Answer ask(RawConnection connection) throws IOException {
        try {
            connection.send(GET);
        } catch (IOException e) {
            return null;
        }
        Answer answer = connection.receiveUnlessClosed();
        assertThat(answer == null || isServed(answer) || answer.text().contains("BUSY"))
                .as("%s", answer)
                .isTrue();
        return answer;
    }

    private static boolean isServed(Answer answer) {
        return answer.status() == 200 && java.util.Arrays.equals(answer.body(), RECORD);
    }

    private static void inParallel(int threads, ThreadBody body) throws Exception {
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try {
            List<Callable<Void>> tasks = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                int thread = i;
                tasks.add(() -> {
                    body.run(thread);
                    return null;
                });
            }
            for (Future<Void> done : executor.invokeAll(tasks)) {
                done.get();
            }
        } finally {
            executor.shutdownNow();
        }
    }

    private interface ThreadBody {
        void run(int thread) throws Exception;
    }
}
