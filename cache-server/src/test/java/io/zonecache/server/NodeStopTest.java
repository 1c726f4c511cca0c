package io.zonecache.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import io.zonecache.model.ChunkKey;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a node's process ends when it is told to. */
@Tag("slow")
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class NodeStopTest {

    private static final int READERS = 16;
    private static final int CHUNKS = 16;
    private static final long READS = 500;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    private final AtomicLong reads = new AtomicLong();
    private final Map<String, Long> endings = new ConcurrentHashMap<>();

    @Test
    void shouldAnswerEveryReadWholeOrNotAtAllAndExit0WhileSixteenClientsRead() throws Exception {
        try (NodeProcess node = new NodeProcess(directory, "256MiB")) {
            node.awaitReady();
            Map<ChunkKey, byte[]> records = IntStream.range(0, CHUNKS)
                    .mapToObj(Stripes::key)
                    .collect(Collectors.toMap(key -> key, Stripes::record));
            for (Map.Entry<ChunkKey, byte[]> record : records.entrySet()) {
                assertThat(Http.send("PUT", node.data(Stripes.path(record.getKey())), record.getValue())
                                .statusCode())
                        .isEqualTo(204);
            }
            List<Thread> readers = new ArrayList<>();
            for (int reader = 0; reader < READERS; reader++) {
                readers.add(new Thread(() -> readUntilRefused(node, records), "reader-" + reader));
            }
            readers.forEach(Thread::start);
            await().atMost(TIMEOUT).until(() -> reads.get() >= READS);
            long told = System.nanoTime();
            node.process().destroy();
            node.awaitExit();
            System.out.printf(
                    Locale.ROOT,
                    "SIGTERM to exit with %d readers: %.1f s%n",
                    READERS,
                    (System.nanoTime() - told) / 1e9);
            assertThat(node.process().exitValue()).as(node::log).isZero();
            for (Thread reader : readers) {
                reader.join();
            }
            assertThat(endings.keySet()).isSubsetOf("DRAINING", "no connection");
            assertThat(node.log()).doesNotContain("Exception");
        }
    }

    @Test
    void shouldWaitForARequestUnderWayAndHurryAtTheSecondSigterm() throws Exception {
        try (NodeProcess node = new NodeProcess(
                        directory, "256MiB", "--drain-grace", "10m", "--body-stall", "10m", "--idle-timeout", "10m");
                RawConnection connection = new RawConnection(node.awaitReady().port())) {
            byte[] record = Stripes.record(Stripes.key(1));
            connection
                    .send("PUT " + Stripes.path(Stripes.key(1)) + " HTTP/1.1\r\nHost: n\r\nContent-Length: "
                            + record.length + "\r\n\r\n")
                    .send(Arrays.copyOf(record, record.length / 2));
            await().atMost(TIMEOUT).until(() -> requestsInFlight(node) == 1);
            node.process().destroy();
            await().atMost(TIMEOUT)
                    .until(() -> text(Http.get(node.admin("/health/ready"))).contains("stopping"));
            assertThat(node.process().isAlive()).isTrue();
            assertThat(requestsInFlight(node)).isEqualTo(1);
            node.process().destroy();
            node.awaitExit();
            assertThat(node.process().exitValue()).as(node::log).isZero();
        }
    }

    /** A reader ends with the first answer that is none of its record. */
    private void readUntilRefused(NodeProcess node, Map<ChunkKey, byte[]> records) {
        List<ChunkKey> keys = List.copyOf(records.keySet());
        for (int number = 0; ; number++) {
            ChunkKey key = keys.get(number % keys.size());
            String ending;
            try {
                HttpResponse<byte[]> answer = Http.get(node.data(Stripes.path(key)));
                if (answer.statusCode() == 200 && Arrays.equals(answer.body(), records.get(key))) {
                    reads.incrementAndGet();
                    continue;
                }
                ending = answer.statusCode() == 503 ? new JsonObject(text(answer)).getString("code") : "wrong answer";
            } catch (IOException e) {
                // Cut off within an answer would be another thing.
                ending = String.valueOf(e.getMessage()).contains("fixed content-length") ? "cut off" : "no connection";
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            endings.merge(ending, 1L, Long::sum);
            return;
        }
    }

    private static long requestsInFlight(NodeProcess node) throws Exception {
        return new JsonObject(text(Http.get(node.admin("/v1/stats"))))
                .getJsonObject("load")
                .getLong("requestsInFlight");
    }

    private static String text(HttpResponse<byte[]> answer) {
        return new String(answer.body(), StandardCharsets.UTF_8);
    }
}
