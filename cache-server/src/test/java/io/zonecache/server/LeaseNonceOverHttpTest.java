package io.zonecache.server;

import static io.zonecache.server.StripesOverHttpTest.assertProblem;
import static io.zonecache.server.StripesOverHttpTest.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Lease questions that are asked again, with their nonce, because their connection broke. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LeaseNonceOverHttpTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String NONCE = "0123456789abcdef";
    private static final String OTHER_NONCE = "fedcba9876543210";

    @TempDir
    private static Path directory;

    private TestNode node;

    @SuppressWarnings("NullAway.Init")
    LeaseNonceOverHttpTest() {}

    @BeforeAll
    void startAndAwaitTheFirstGrant() throws Exception {
        node = TestNode.start(directory, Map.of());
        ChunkKey probe = Stripes.key(100);
        await().atMost(LIMIT).until(() -> ask(probe, "waitMillis=2000").statusCode() == 201);
    }

    @AfterAll
    void stop() {
        node.close();
    }

    @Test
    void shouldGiveTheSameLeaseToAClientWhoseConnectionWasResetAfterTheGrant() throws Exception {
        ChunkKey key = Stripes.key(1);
        JsonObject first;
        try (RawConnection raw = new RawConnection(node.port())) {
            first = new JsonObject(raw.send(question(key, NONCE)).receive().text());
            raw.reset();
        }

        HttpResponse<byte[]> again = ask(key, "waitMillis=2000&nonce=" + NONCE);

        assertThat(again.statusCode()).as(text(again)).isEqualTo(201);
        JsonObject second = new JsonObject(text(again));
        assertThat(second.getString("lease")).isEqualTo(first.getString("lease"));
        assertThat(second.getLong("expiresInMillis")).isBetween(0L, first.getLong("expiresInMillis"));
        assertRefused(ask(key, "waitMillis=0&nonce=" + OTHER_NONCE), CacheErrorCode.FILLING);
        assertRefused(ask(key, "waitMillis=0"), CacheErrorCode.FILLING);
        end(key, second, "?outcome=filled");
        assertThat(text(ask(key, "waitMillis=0&nonce=" + NONCE))).contains("FILLED");
    }

    /** The connection broke on its way, say, and the node does not know yet. */
    @Test
    void shouldKeepTheTurnOfAClientThatAsksAgainWhileItsFirstQuestionWaits() throws Exception {
        ChunkKey key = Stripes.key(2);
        JsonObject holder = new JsonObject(text(ask(key, "waitMillis=0")));
        try (RawConnection raw = new RawConnection(node.port())) {
            raw.send(question(key, NONCE));
            awaitWaiting(1);
            CompletableFuture<HttpResponse<byte[]>> later = askAsync(key, "waitMillis=2000&nonce=" + OTHER_NONCE);
            awaitWaiting(2);

            CompletableFuture<HttpResponse<byte[]>> again = askAsync(key, "waitMillis=2000&nonce=" + NONCE);

            assertThat(raw.receive().text()).contains("FILLING", "asked again");
            end(key, holder, "");
            assertThat(again.join().statusCode()).as(text(again.join())).isEqualTo(201);
            assertThat(later).isNotDone();
            end(key, new JsonObject(text(again.join())), "?outcome=filled");
            assertThat(text(later.join())).contains("FILLED");
        }
    }

    @Test
    void shouldServeOthersPastAClientThatIsGoneAlthoughItsTurnIsKept() throws Exception {
        ChunkKey key = Stripes.key(3);
        JsonObject holder = new JsonObject(text(ask(key, "waitMillis=0")));
        try (RawConnection raw = new RawConnection(node.port())) {
            raw.send(question(key, NONCE));
            awaitWaiting(1);
            raw.reset();
            awaitWaiting(0);
        }
        end(key, holder, "");
        HttpResponse<byte[]> next = ask(key, "waitMillis=0&nonce=" + OTHER_NONCE);
        assertThat(next.statusCode()).as(text(next)).isEqualTo(201);
        end(key, new JsonObject(text(next)), "?outcome=filled");
    }

    @Test
    void shouldRefuseANonceThatIsNone() throws Exception {
        HttpResponse<byte[]> answer = ask(Stripes.key(4), "nonce=0123456789ABCDEF");
        assertProblem(answer, CacheErrorCode.BAD_REQUEST);
        assertThat(text(answer)).contains("nonce: \\\"0123456789ABCDEF\\\" (expected: 16 lower-case hex digits)");
    }

    /** What a node of this version knows nothing of, it ignores, as the version before does with a nonce. */
    @Test
    void shouldIgnoreParametersThatItDoesNotKnow() throws Exception {
        ChunkKey key = Stripes.key(5);
        HttpResponse<byte[]> answer = ask(key, "waitMillis=0&later=1");
        assertThat(answer.statusCode()).as(text(answer)).isEqualTo(201);
        end(key, new JsonObject(text(answer)), "?outcome=filled&later=1");
        assertThat(text(ask(key, "later=2"))).contains("FILLED");
    }

    private void awaitWaiting(int requests) {
        await().atMost(LIMIT)
                .untilAsserted(() -> assertThat(new JsonObject(text(Http.get(node.admin("/v1/stats"))))
                                .getJsonObject("leases")
                                .getInteger("waiting"))
                        .isEqualTo(requests));
    }

    private static String question(ChunkKey key, String nonce) {
        return "POST /v1/chunks/" + key + "/lease?waitMillis=2000&nonce=" + nonce
                + " HTTP/1.1\r\nHost: n\r\nContent-Length: 0\r\n\r\n";
    }

    private HttpResponse<byte[]> ask(ChunkKey key, String query) throws Exception {
        return Http.send("POST", lease(key, query), new byte[0]);
    }

    private CompletableFuture<HttpResponse<byte[]>> askAsync(ChunkKey key, String query) {
        return HttpClient.newHttpClient()
                .sendAsync(Http.request("POST", lease(key, query), new byte[0]), BodyHandlers.ofByteArray());
    }

    private URI lease(ChunkKey key, String query) {
        return node.data("/v1/chunks/" + key + "/lease?" + query);
    }

    private void end(ChunkKey key, JsonObject granted, String query) throws Exception {
        URI lease = node.data("/v1/chunks/" + key + "/lease/" + granted.getString("lease") + query);
        assertThat(Http.send("DELETE", lease, new byte[0]).statusCode()).isEqualTo(204);
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }
}
