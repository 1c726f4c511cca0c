package io.zonecache.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class EventsTest {

    /** As the node has it. */
    private static final int MAX_CLIENTS = 32;

    private static final int KEPT = 256;

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
    void shouldTellWhatHappenedBeforeAndWhatHappensNow() throws Exception {
        try (Stream stream = new Stream(node, "")) {
            assertThat(stream.head()).contains("200 OK").containsIgnoringCase("text/event-stream");
            assertThat(stream.next().text()).isEqualTo("view 1000, 1 of 1 nodes up");
            assertThat(stream.next().text()).isEqualTo("ready");

            ZoneNode self = node.membership().view().view().nodes().get(0);
            node.membership().replaceNodes(List.of(self, new ZoneNode("n2", "h:1", "d2", 1, NodeState.UP)));
            assertThat(stream.next().text()).isEqualTo("view 1001, 2 of 2 nodes up: n2 joined");
            node.membership().replaceNodes(List.of(self, new ZoneNode("n2", "h:1", "d2", 1, NodeState.DOWN)));
            assertThat(stream.next().text()).isEqualTo("view 1002, 1 of 2 nodes up: n2 is down");
            node.membership().replaceNodes(List.of(self));
            assertThat(stream.next().text()).isEqualTo("view 1003, 1 of 1 nodes up: n2 is out");
            purge(1);
            Event purged = stream.next();
            assertThat(purged.kind()).isEqualTo("purge");
            assertThat(purged.text()).isEqualTo("chunk " + Stripes.key(1) + " purged");
        }
    }

    @Test
    void shouldGoOnAfterTheLastEventThatAClientHas() throws Exception {
        String last;
        try (Stream stream = new Stream(node, "")) {
            stream.next();
            last = stream.next().id();
        }
        purge(2);
        try (Stream again = new Stream(node, "Last-Event-ID: " + last + "\r\n")) {
            assertThat(again.next().kind()).isEqualTo("purge");
        }
        try (Stream stranger = new Stream(node, "Last-Event-ID: other-7\r\n")) {
            assertThat(stranger.next().kind()).isEqualTo("view");
        }
    }

    @Test
    void shouldKeepTheLastEventsAndSayHowManyAClientMissed() throws Exception {
        String last;
        try (Stream stream = new Stream(node, "")) {
            stream.next();
            last = stream.next().id();
        }
        for (int i = 0; i < KEPT + 10; i++) {
            purge(i);
        }
        try (Stream again = new Stream(node, "Last-Event-ID: " + last + "\r\n")) {
            Event missed = again.next();
            assertThat(missed.kind()).isEqualTo("missed");
            assertThat(missed.data().getInteger("count")).isEqualTo(10);
            assertThat(again.next().text()).isEqualTo("chunk " + Stripes.key(10) + " purged");
        }
    }

    @Test
    void shouldTurnAwayMoreClientsThanItServesAndTakeOthersOnceTheyLeave() throws Exception {
        List<Stream> streams = new ArrayList<>();
        try {
            for (int i = 0; i < MAX_CLIENTS; i++) {
                streams.add(new Stream(node, ""));
                streams.get(i).next();
            }
            HttpResponse<byte[]> refused = Http.get(node.admin("/v1/events"));
            StripesOverHttpTest.assertProblem(refused, CacheErrorCode.BUSY);
        } finally {
            for (Stream stream : streams) {
                stream.close();
            }
        }
        await().untilAsserted(() -> {
            try (Stream stream = new Stream(node, "")) {
                assertThat(stream.head()).contains("200 OK");
            }
        });
    }

    private void purge(int number) throws Exception {
        String token = Files.readString(directory.resolve("admin-token")).trim();
        assertThat(Http.send(
                                "POST",
                                node.admin("/v1/purge/" + Stripes.key(number)),
                                new byte[0],
                                "Authorization",
                                "Bearer " + token)
                        .statusCode())
                .isEqualTo(200);
    }

    private record Event(String id, String kind, JsonObject data) {
        String text() {
            return data.getString("text");
        }
    }

    /** A client that reads one event after the other. */
    private static final class Stream implements AutoCloseable {

        private final Socket socket;
        private final BufferedReader in;
        private final String head;

        Stream(TestNode node, String headers) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), node.node().adminPort());
            socket.setSoTimeout(60_000);
            socket.getOutputStream()
                    .write(("GET /v1/events HTTP/1.1\r\nHost: n\r\n" + headers + "\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            StringBuilder lines = new StringBuilder();
            for (String line = line(); !line.isEmpty(); line = line()) {
                lines.append(line).append('\n');
            }
            head = lines.toString();
        }

        String head() {
            return head;
        }

        /** Chunk sizes, comments and delays to try again after are passed over. */
        Event next() throws IOException {
            String id = "";
            String kind = "";
            while (true) {
                String line = line();
                if (line.startsWith("id: ")) {
                    id = line.substring(4);
                } else if (line.startsWith("event: ")) {
                    kind = line.substring(7);
                } else if (line.startsWith("data: ")) {
                    return new Event(id, kind, new JsonObject(line.substring(6)));
                }
            }
        }

        private String line() throws IOException {
            return Objects.requireNonNull(in.readLine(), "the node closed the stream");
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
