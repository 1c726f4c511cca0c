package io.zonecache.server;

import static io.zonecache.server.Stripes.path;
import static io.zonecache.server.StripesOverHttpTest.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonObject;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How clients hear of purges: the header of every answer, the list of keys, and held view requests. */
@Tag("slow")
class PurgesOverHttpTest {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String HEADER = "Zonecache-Purges";
    private static final String NONE = "0-0000000000000000";
    private static final ChunkKey KEY = Stripes.key(1);
    private static final ChunkKey OTHER = Stripes.key(2);

    @TempDir
    Path directory;

    private TestNode node;

    @SuppressWarnings("NullAway.Init")
    PurgesOverHttpTest() {}

    @BeforeEach
    void start() {
        node = TestNode.start(directory, Map.of());
    }

    @AfterEach
    void stop() {
        node.close();
    }

    @Test
    void shouldSayNothingButItsTokenWhereTheClientHasNone() throws Exception {
        purge(KEY);
        JsonObject page = page("");
        assertThat(page.getString("token")).startsWith("1-").isEqualTo(token());
        assertThat(page.getBoolean("complete")).isTrue();
        assertThat(page.getBoolean("more")).isFalse();
        assertThat(page.getJsonArray("keys")).isEmpty();
    }

    @Test
    void shouldListTheKeysPurgedSinceAToken() throws Exception {
        assertThat(token()).isEqualTo(NONE);
        purge(KEY);
        String first = token();
        purge(OTHER);
        assertThat(keys(page("?since=" + NONE))).containsExactly(KEY.toHex(), OTHER.toHex());
        JsonObject page = page("?since=" + first);
        assertThat(keys(page)).containsExactly(OTHER.toHex());
        assertThat(page.getString("token")).isEqualTo(token());
        assertThat(page.getBoolean("complete")).isTrue();
        assertThat(page.getBoolean("more")).isFalse();
        assertThat(keys(page("?since=" + token()))).isEmpty();
    }

    @Test
    void shouldSayThatItDoesNotKnowWhatTheClientHasHeard() throws Exception {
        purge(KEY);
        for (String unknown : List.of("1-0123456789abcdef", "2-0123456789abcdef", "999999999-0123456789abcdef")) {
            JsonObject page = page("?since=" + unknown);
            assertThat(page.getBoolean("complete")).as(unknown).isFalse();
            assertThat(page.getBoolean("more")).isFalse();
            assertThat(keys(page)).isEmpty();
            assertThat(page.getString("token")).isEqualTo(token());
        }
    }

    @Test
    void shouldRefuseWhatIsNoToken() throws Exception {
        for (String bad : List.of("", "1", "x-0123456789abcdef", "1-0123456789ABCDEF", "1-0", "-1-0123456789abcdef")) {
            HttpResponse<byte[]> answer = Http.get(node.data("/v1/purges?since=" + bad));
            assertProblem(answer, CacheErrorCode.BAD_REQUEST);
            assertThat(text(answer)).contains("since: \\\"" + bad + "\\\"");
        }
        assertProblem(
                Http.get(node.data("/v1/view"), "If-None-Match", etag(), "Prefer", "wait=1", HEADER, "1"),
                CacheErrorCode.BAD_REQUEST);
        assertProblem(Http.send("POST", node.data("/v1/purges"), new byte[0]), CacheErrorCode.METHOD_NOT_ALLOWED);
    }

    @Test
    void shouldGoOnAfterARestartAndListPageAfterPage() throws Exception {
        purge(KEY);
        String before = token();
        node.close();
        List<ChunkKey> more = IntStream.range(10, 2_510).mapToObj(Stripes::key).toList();
        Files.writeString(
                directory.resolve("purged"),
                more.stream().map(ChunkKey::toHex).collect(Collectors.joining("\n", "", "\n")),
                java.nio.file.StandardOpenOption.APPEND);
        node = TestNode.start(directory, Map.of());

        List<String> listed = new ArrayList<>();
        List<Integer> pages = new ArrayList<>();
        JsonObject page = page("?since=" + before);
        while (true) {
            assertThat(page.getBoolean("complete")).isTrue();
            listed.addAll(keys(page));
            pages.add(keys(page).size());
            if (!page.getBoolean("more")) {
                break;
            }
            page = page("?since=" + page.getString("token"));
        }

        assertThat(listed)
                .containsExactlyElementsOf(more.stream().map(ChunkKey::toHex).toList());
        assertThat(pages).containsExactly(1_024, 1_024, 452);
        assertThat(page.getString("token")).startsWith("2501-").isEqualTo(token());
    }

    @Test
    void shouldNoticeThatItsListIsAnotherAfterARestart() throws Exception {
        purge(KEY);
        purge(OTHER);
        String before = token();
        node.close();
        Files.delete(directory.resolve("purged"));
        node = TestNode.start(directory, Map.of());
        assertThat(page("?since=" + before).getBoolean("complete")).isFalse();
        purge(Stripes.key(3));
        purge(Stripes.key(4));
        assertThat(page("?since=" + before).getBoolean("complete"))
                .as("as many keys, but others")
                .isFalse();
    }

    @Test
    void shouldCarryItsTokenInEveryKindOfAnswer() throws Exception {
        Http.send("PUT", node.data(path(KEY)), Stripes.record(KEY));
        ChunkKey purged = Stripes.key(5);
        purge(purged);
        List<HttpResponse<byte[]>> answers = new ArrayList<>();
        answers.add(Http.get(node.data(path(KEY))));
        answers.add(Http.send("HEAD", node.data(path(KEY)), new byte[0]));
        answers.add(Http.send("PUT", node.data(path(KEY)), Stripes.record(KEY)));
        answers.add(Http.get(node.data("/v1/view"), "If-None-Match", etag()));
        answers.add(Http.get(node.data(path(OTHER))));
        answers.add(Http.get(node.data(path(purged))));
        answers.add(Http.get(node.data("/v1/chunks/abc/stripes")));
        answers.add(Http.get(node.data("/v1/nothing")));
        answers.add(Http.send("POST", node.data("/v1/view"), new byte[0]));
        answers.add(Http.send("POST", node.data("/v1/chunks/" + OTHER + "/lease"), new byte[0]));
        answers.add(Http.get(node.data("/v1/purges")));
        assertThat(answers)
                .extracting(HttpResponse::statusCode)
                .containsExactly(200, 200, 204, 304, 404, 410, 400, 404, 405, 429, 200);
        assertThat(answers)
                .extracting(answer -> Http.header(answer, HEADER))
                .allSatisfy(token -> assertThat(token).startsWith("1-"));
        try (RawConnection raw = new RawConnection(node.port())) {
            RawConnection.Answer answer = raw.send("no HTTP\r\n\r\n").receive();
            assertThat(answer.headers().get("zonecache-purges")).startsWith("1-");
        }
    }

    @Test
    void shouldEndAHeldViewRequestOnAPurgeWithoutANewView() throws Exception {
        CompletableFuture<HttpResponse<byte[]>> withoutToken = hold();
        CompletableFuture<HttpResponse<byte[]>> withToken = hold(HEADER, token());
        await().atMost(LIMIT).until(() -> viewWaits() == 2);
        purge(KEY);
        for (CompletableFuture<HttpResponse<byte[]>> held : List.of(withoutToken, withToken)) {
            assertThat(held.join().statusCode()).isEqualTo(304);
            assertThat(Http.header(held.join(), HEADER)).startsWith("1-").isEqualTo(token());
            assertThat(Http.header(held.join(), "ETag")).isEqualTo(etag());
        }
        await().atMost(LIMIT).until(() -> viewWaits() == 0);
    }

    /** A purge may come between a client's last answer and its next view request. */
    @Test
    void shouldNotHoldAViewRequestOfAClientThatHasMissedAPurge() throws Exception {
        String before = token();
        purge(KEY);
        HttpResponse<byte[]> missed = hold(HEADER, before).join();
        assertThat(missed.statusCode()).isEqualTo(304);
        assertThat(Http.header(missed, HEADER)).isEqualTo(token());
        CompletableFuture<HttpResponse<byte[]>> knows = hold(HEADER, token());
        await().atMost(LIMIT).until(() -> viewWaits() == 1);
        assertThat(knows).isNotDone();
        purge(OTHER);
        assertThat(knows.join().statusCode()).isEqualTo(304);
    }

    private CompletableFuture<HttpResponse<byte[]>> hold(String... headers) {
        List<String> all = new ArrayList<>(List.of("If-None-Match", etag(), "Prefer", "wait=19"));
        all.addAll(List.of(headers));
        return HttpClient.newHttpClient()
                .sendAsync(
                        Http.request("GET", node.data("/v1/view"), new byte[0], all.toArray(new String[0])),
                        BodyHandlers.ofByteArray());
    }

    private int viewWaits() throws Exception {
        return new JsonObject(text(Http.get(node.admin("/v1/stats"))))
                .getJsonObject("load")
                .getInteger("viewWaits");
    }

    private String etag() {
        return node.membership().view().version().etag();
    }

    private String token() throws Exception {
        return Http.header(Http.get(node.data("/v1/view")), HEADER);
    }

    private JsonObject page(String query) throws Exception {
        HttpResponse<byte[]> answer = Http.get(node.data("/v1/purges" + query));
        assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
        assertThat(Http.header(answer, "Content-Type")).isEqualTo("application/json");
        return new JsonObject(text(answer));
    }

    private static List<String> keys(JsonObject page) {
        return page.getJsonArray("keys").stream().map(String.class::cast).toList();
    }

    private void purge(ChunkKey key) throws Exception {
        String token = Files.readString(directory.resolve("admin-token")).trim();
        HttpResponse<byte[]> answer =
                Http.send("POST", node.admin("/v1/purge/" + key), new byte[0], "Authorization", "Bearer " + token);
        assertThat(answer.statusCode()).as(text(answer)).isEqualTo(200);
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }
}
