package io.zonecache.server;

import static io.zonecache.server.Stripes.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.model.ChunkKey;
import io.zonecache.server.RawConnection.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/1.1 requests that are sent without waiting for answers are answered in their order, however many there are. */
class PipelineTest {

    private static final int REQUESTS = 1_000;
    private static final int CHUNK_BYTES = 4_000;

    @TempDir
    Path directory;

    private TestNode node;

    @BeforeEach
    void start() {
        node = TestNode.start(directory, Map.of());
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void shouldAnswerManyRequestsOfOneWriteInOrder() throws Exception {
        ByteArrayOutputStream requests = new ByteArrayOutputStream();
        for (int i = 0; i < REQUESTS; i++) {
            requests.writeBytes(text("GET /v1/view HTTP/1.1\r\nHost: n\r\n\r\n"));
            requests.writeBytes(text("GET /nothing/" + i + " HTTP/1.1\r\nHost: n\r\n\r\n"));
        }
        try (RawConnection connection = new RawConnection(node.port())) {
            CompletableFuture<Void> sent = sendInBackground(connection, requests.toByteArray());
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(connection.receive().status()).as("view " + i).isEqualTo(200);
                Answer missing = connection.receive();
                assertThat(missing.status()).isEqualTo(404);
                assertThat(missing.text()).contains("/nothing/" + i + "\\\"");
            }
            sent.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldAnswerPutsAndGetsOfOneWriteInOrder() throws Exception {
        ByteArrayOutputStream requests = new ByteArrayOutputStream();
        for (int i = 0; i < REQUESTS; i++) {
            byte[] record = record(i);
            requests.writeBytes(text("PUT " + path(Stripes.key(i)) + " HTTP/1.1\r\nHost: n\r\nContent-Length: "
                    + record.length + "\r\n\r\n"));
            requests.writeBytes(record);
            requests.writeBytes(get(Stripes.key(i)));
            requests.writeBytes(get(Stripes.key(i + REQUESTS)));
        }
        try (RawConnection connection = new RawConnection(node.port())) {
            CompletableFuture<Void> sent = sendInBackground(connection, requests.toByteArray());
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(connection.receive().status()).as("PUT " + i).isEqualTo(204);
                assertThat(connection.receive().body()).as("GET " + i).isEqualTo(record(i));
                assertThat(connection.receive().status()).as("miss " + i).isEqualTo(404);
            }
            sent.get(30, TimeUnit.SECONDS);
        }
        await().until(() -> node.node().requestsInFlight() == 0 && node.node().bytesInFlight() == 0);
    }

    @Test
    void shouldAnswerManyRequestsOfOneWriteInOrderOnTheAdminPort() throws Exception {
        ByteArrayOutputStream requests = new ByteArrayOutputStream();
        for (int i = 0; i < REQUESTS; i++) {
            requests.writeBytes(text("GET /health/live HTTP/1.1\r\nHost: n\r\n\r\n"));
            requests.writeBytes(text("GET /nothing/" + i + " HTTP/1.1\r\nHost: n\r\n\r\n"));
        }
        requests.writeBytes(text("GET /v1/stats HTTP/1.1\r\nHost: n\r\n\r\n"));
        try (RawConnection connection = new RawConnection(node.node().adminPort())) {
            CompletableFuture<Void> sent = sendInBackground(connection, requests.toByteArray());
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(connection.receive().text()).as("live " + i).isEqualTo("{\"status\":\"live\"}");
                assertThat(connection.receive().text()).contains("/nothing/" + i + "\\\"");
            }
            assertThat(connection.receive().status()).isEqualTo(200);
            sent.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldPrepareTwoAnswersAtMostForAClientThatReadsNone() throws Exception {
        ChunkKey key = Stripes.key(1);
        byte[] record = Stripes.record(key);
        assertThat(Http.send("PUT", node.data(path(key)), record).statusCode()).isEqualTo(204);
        await().until(() -> node.node().requestsInFlight() == 0);
        try (RawConnection connection = new RawConnection(node.port())) {
            // One is on its way to the kernel, the next waits for it to have gone.
            CompletableFuture<Void> sent =
                    sendInBackground(connection, new String(get(key), StandardCharsets.ISO_8859_1).repeat(REQUESTS));
            await().until(() -> node.node().requestsInFlight() > 0);
            for (int i = 0; i < REQUESTS; i++) {
                assertThat(node.node().requestsInFlight()).isLessThanOrEqualTo(2);
                assertThat(node.node().bytesInFlight()).isLessThanOrEqualTo(2L * record.length);
                assertThat(connection.receive().body()).as("answer " + i).isEqualTo(record);
            }
            sent.get(30, TimeUnit.SECONDS);
        }
    }

    private static CompletableFuture<Void> sendInBackground(RawConnection connection, String requests) {
        return sendInBackground(connection, text(requests));
    }

    /** All of it does not fit between client and node, so that the answers have to be read meanwhile. */
    private static CompletableFuture<Void> sendInBackground(RawConnection connection, byte[] requests) {
        return CompletableFuture.runAsync(() -> {
            try {
                connection.send(requests);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    private static byte[] record(int i) {
        return Stripes.record(Stripes.key(i), Stripes.FOUR_OF_FIVE, i % 5, CHUNK_BYTES);
    }

    private static byte[] get(ChunkKey key) {
        return text("GET " + path(key) + " HTTP/1.1\r\nHost: n\r\n\r\n");
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
