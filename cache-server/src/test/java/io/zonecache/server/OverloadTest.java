package io.zonecache.server;

import static io.zonecache.server.Stripes.path;
import static io.zonecache.server.StripesOverHttpTest.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import io.zonecache.server.RawConnection.Answer;
import io.zonecache.server.config.Limits;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Over a bound the node answers at once, sheds the lowest priority first, and recovers by itself. */
@Tag("slow")
class OverloadTest {

    private static final ChunkKey KEY = Stripes.key(1);

    @TempDir
    Path directory;

    private final SlowStore disk = new SlowStore();

    @Test
    void shouldShedReadsOfHighRankWhileTheDiskHangsAndKeepServingOnceItIsBack() throws Exception {
        try (TestNode node = TestNode.start(directory, Map.of("max-requests", "20", "queue-age", "60s"), disk::over)) {
            byte[] record = Stripes.record(KEY);
            Http.send("PUT", node.data(path(KEY)), record);
            List<CompletableFuture<HttpResponse<byte[]>>> hanging = new ArrayList<>();
            for (int i = 0; i < 18; i++) {
                int inFlight = i;
                hanging.add(readAsync(node, "0"));
                await().until(() -> node.node().requestsInFlight() > inFlight);
            }
            assertProblem(Http.get(node.data(path(KEY)), "Zonecache-Rank", "127"), CacheErrorCode.BUSY);
            HttpResponse<byte[]> unranked = Http.get(node.data(path(KEY)));
            assertProblem(unranked, CacheErrorCode.BUSY);
            assertThat(Http.header(unranked, "Retry-After")).isEqualTo("1");
            byte[] repair = Stripes.record(Stripes.key(2));
            assertProblem(Http.send("PUT", node.data(path(Stripes.key(2))), repair), CacheErrorCode.BUSY);
            assertThat(Http.send("PUT", node.data(path(Stripes.key(2))), repair, "Zonecache-Lease", "abc")
                            .statusCode())
                    .isEqualTo(204);
            hanging.add(readAsync(node, "0"));
            hanging.add(readAsync(node, "0"));
            await().until(() -> node.node().requestsInFlight() == 20);
            assertProblem(Http.get(node.data(path(KEY)), "Zonecache-Rank", "0"), CacheErrorCode.BUSY);
            assertThat(Http.get(node.data("/v1/view")).statusCode()).isEqualTo(200);
            disk.release();
            for (CompletableFuture<HttpResponse<byte[]>> read : hanging) {
                assertThat(read.join().body()).isEqualTo(record);
            }
            assertThat(Http.get(node.data(path(KEY)), "Zonecache-Rank", "127").body())
                    .isEqualTo(record);
        }
    }

    @Test
    void shouldDropReadsWhoseDeadlinePassesInTheQueue() throws Exception {
        try (TestNode node = TestNode.start(directory, Map.of("queue-age", "60s"), disk::over)) {
            Http.send("PUT", node.data(path(KEY)), Stripes.record(KEY));
            List<CompletableFuture<HttpResponse<byte[]>>> reads = fillTheDisk(node);
            CompletableFuture<HttpResponse<byte[]>> late =
                    send(node, "Zonecache-Deadline-Millis", "1", "Zonecache-Rank", "0");
            await().until(() -> node.node().requestsInFlight() > reads.size());
            long sentNanos = System.nanoTime();
            await().until(() -> System.nanoTime() - sentNanos > 20_000_000);
            disk.release();
            assertProblem(late.join(), CacheErrorCode.DEADLINE_EXCEEDED);
            assertProblem(
                    Http.get(node.data(path(KEY)), "Zonecache-Deadline-Millis", "0"), CacheErrorCode.DEADLINE_EXCEEDED);
        }
    }

    @Test
    void shouldRefuseReadsThatWaitedTooLongForTheDisk() throws Exception {
        try (TestNode node = TestNode.start(directory, Map.of("queue-age", "3s"), disk::over)) {
            Http.send("PUT", node.data(path(KEY)), Stripes.record(KEY));
            List<CompletableFuture<HttpResponse<byte[]>>> reads = fillTheDisk(node);
            CompletableFuture<HttpResponse<byte[]>> late = send(node, "Zonecache-Rank", "0");
            await().until(() -> node.node().requestsInFlight() > reads.size());
            long queuedNanos = System.nanoTime();
            await().until(() -> System.nanoTime() - queuedNanos > 3_100_000_000L);
            assertProblem(Http.get(node.data(path(KEY)), "Zonecache-Rank", "0"), CacheErrorCode.BUSY);
            disk.release();
            assertProblem(late.join(), CacheErrorCode.BUSY);
            reads.forEach(read -> assertThat(read.join().statusCode()).isEqualTo(200));
        }
    }

    @Test
    void shouldBoundTheBytesOfBodiesUnderWay() throws Exception {
        try (TestNode node = TestNode.start(directory, Map.of("max-bytes-in-flight", "1MiB", "body-stall", "10s"))) {
            byte[] record = Stripes.record(KEY, Stripes.WHOLE, 0, 700_000);
            byte[] other = Stripes.record(Stripes.key(2), Stripes.WHOLE, 0, 700_000);
            try (RawConnection slow = new RawConnection(node.port())) {
                slow.send("PUT " + path(KEY) + " HTTP/1.1\r\nHost: n\r\nZonecache-Lease: a\r\nContent-Length: "
                        + record.length + "\r\n\r\n");
                slow.send(java.util.Arrays.copyOf(record, 1_000));
                await().until(() -> node.node().bytesInFlight() == record.length);
                assertProblem(
                        Http.send("PUT", node.data(path(Stripes.key(2))), other, "Zonecache-Lease", "b"),
                        CacheErrorCode.BUSY);
                slow.send(java.util.Arrays.copyOfRange(record, 1_000, record.length));
                assertThat(slow.receive().status()).isEqualTo(204);
            }
            await().until(() -> node.node().bytesInFlight() == 0);
            assertThat(Http.send("PUT", node.data(path(Stripes.key(2))), other, "Zonecache-Lease", "b")
                            .statusCode())
                    .isEqualTo(204);
        }
    }

    @Test
    void shouldTellAConnectionBeyondTheLimitThatItIsOneWhileAllOthersAreBusy() throws Exception {
        try (TestNode node = TestNode.start(directory, Map.of("max-connections", "2"))) {
            try (RawConnection first = new RawConnection(node.port());
                    RawConnection second = new RawConnection(node.port())) {
                String etag = node.membership().view().version().etag();
                waitForANewerView(first, etag);
                waitForANewerView(second, etag);
                await().until(() -> metric(node, "zonecache_view_waits") == 2);
                try (RawConnection third = new RawConnection(node.port())) {
                    Answer refused = view(third);
                    assertThat(refused.status()).isEqualTo(503);
                    assertThat(refused.text()).contains("BUSY").contains("connections");
                    assertThat(refused.headers()).containsEntry("retry-after", "1");
                    assertThat(third.isClosedByNode()).isTrue();
                }
                await().until(() -> metric(node, "zonecache_connections_refused_total") == 1);
                assertThat(metric(node, "zonecache_connections_busy")).isEqualTo(2);
                assertThat(metric(node, "zonecache_connections_limit")).isEqualTo(2);
                node.membership().forceView();
                assertThat(first.receive().status()).isEqualTo(200);
                assertThat(second.receive().status()).isEqualTo(200);
            }
            await().until(() -> node.node().connections() == 0);
            try (RawConnection again = new RawConnection(node.port())) {
                assertThat(view(again).status()).isEqualTo(200);
            }
        }
    }

    @Test
    void shouldBoundTheConnectionsToTheAdminPort() throws Exception {
        List<RawConnection> silent = new ArrayList<>();
        try (TestNode node = TestNode.start(directory, Map.of())) {
            for (int i = 0; i < Limits.MAX_ADMIN_CONNECTIONS; i++) {
                silent.add(new RawConnection(node.node().adminPort()));
            }
            try (RawConnection oneMore = new RawConnection(node.node().adminPort())) {
                assertThat(oneMore.isClosedByNode()).isTrue();
            }
            silent.remove(0).close();
            await().ignoreExceptions()
                    .until(() -> Http.get(node.admin("/health/live")).statusCode() == 200);
            assertThat(node.node().connections()).isZero();
        } finally {
            for (RawConnection connection : silent) {
                connection.close();
            }
        }
    }

    @Test
    void shouldCloseConnectionsThatRest() throws Exception {
        try (TestNode node = TestNode.start(directory, Map.of("idle-timeout", "3s"));
                RawConnection raw = new RawConnection(node.port())) {
            assertThat(view(raw).status()).isEqualTo(200);
            assertThat(raw.isClosedByNode()).isTrue();
        }
    }

    @Test
    void shouldForgetReadsWhoseClientsGoAway() throws Exception {
        try (TestNode node = TestNode.start(directory, Map.of("queue-age", "60s"), disk::over)) {
            Http.send("PUT", node.data(path(KEY)), Stripes.record(KEY));
            for (int i = 0; i < 5; i++) {
                try (RawConnection raw = new RawConnection(node.port())) {
                    raw.send("GET " + path(KEY) + " HTTP/1.1\r\nHost: n\r\n\r\n");
                    int reads = i;
                    await().until(() -> node.node().requestsInFlight() > reads);
                }
            }
            await().until(() -> node.node().connections() <= 1);
            disk.release();
            await().untilAsserted(() -> {
                assertThat(node.node().requestsInFlight()).isZero();
                assertThat(node.node().bytesInFlight()).isZero();
            });
        }
    }

    /** Reads that take all threads of the read queue. */
    private List<CompletableFuture<HttpResponse<byte[]>>> fillTheDisk(TestNode node) {
        List<CompletableFuture<HttpResponse<byte[]>>> reads = new ArrayList<>();
        int threads = Math.min(16, 2 * Runtime.getRuntime().availableProcessors() + 2);
        while (reads.size() < threads) {
            reads.add(readAsync(node, "0"));
            await().until(() -> disk.waiting() == reads.size());
        }
        return reads;
    }

    private static CompletableFuture<HttpResponse<byte[]>> readAsync(TestNode node, String rank) {
        return send(node, "Zonecache-Rank", rank);
    }

    private static CompletableFuture<HttpResponse<byte[]>> send(TestNode node, String... headers) {
        return HttpClient.newHttpClient()
                .sendAsync(Http.request("GET", node.data(path(KEY)), new byte[0], headers), BodyHandlers.ofByteArray());
    }

    private static void waitForANewerView(RawConnection raw, String etag) throws Exception {
        raw.send("GET /v1/view HTTP/1.1\r\nHost: n\r\nPrefer: wait=30\r\nIf-None-Match: " + etag + "\r\n\r\n");
    }

    private static double metric(TestNode node, String name) throws Exception {
        return new String(Http.get(node.admin("/metrics")).body(), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> line.startsWith(name + ' '))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length())))
                .findFirst()
                .orElse(Double.NaN);
    }

    private static Answer view(RawConnection raw) throws Exception {
        return raw.send("GET /v1/view HTTP/1.1\r\nHost: n\r\n\r\n").receive();
    }
}
