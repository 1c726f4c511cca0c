package io.zonecache.server;

import static io.zonecache.server.Stripes.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StripesOverHttpTest {

    private static final ChunkKey KEY = Stripes.key(1);

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
    void shouldGiveBackTheBytesThatWerePut() throws Exception {
        byte[] record = Stripes.record(KEY);
        HttpResponse<byte[]> put = Http.send("PUT", node.data(path(KEY)), record);
        assertThat(put.statusCode()).isEqualTo(204);
        HttpResponse<byte[]> get = Http.get(node.data(path(KEY)));
        assertThat(get.statusCode()).isEqualTo(200);
        assertThat(get.body()).isEqualTo(record);
        assertThat(Http.header(get, "Content-Type")).isEqualTo("application/vnd.zonecache.stripes");
        assertThat(Http.header(get, "Content-Length")).isEqualTo(Integer.toString(record.length));
    }

    @Test
    void shouldKeepSeveralRecordsOfOneChunk() throws Exception {
        byte[] first = Stripes.record(KEY, Stripes.FOUR_OF_FIVE, 1, 1000);
        byte[] second = Stripes.record(KEY, Stripes.FOUR_OF_FIVE, 4, 1000);
        byte[] both = ByteBuffer.allocate(first.length + second.length)
                .put(first)
                .put(second)
                .array();
        assertThat(Http.send("PUT", node.data(path(KEY)), both).statusCode()).isEqualTo(204);
        assertThat(Http.get(node.data(path(KEY))).body()).isEqualTo(both);
    }

    @Test
    void shouldReplaceWhatItHeldByALaterPut() throws Exception {
        byte[] first = Stripes.record(KEY, Stripes.FOUR_OF_FIVE, 1, 1000);
        byte[] second = Stripes.record(KEY, Stripes.FOUR_OF_FIVE, 4, 1000);
        Http.send("PUT", node.data(path(KEY)), first);
        assertThat(Http.send("PUT", node.data(path(KEY)), second).statusCode()).isEqualTo(204);
        assertThat(Http.get(node.data(path(KEY))).body()).isEqualTo(second);
    }

    @Test
    void shouldCarryTheEpochOnEveryAnswer() throws Exception {
        assertThat(Http.header(Http.get(node.data(path(KEY))), "Zonecache-Epoch"))
                .isEqualTo("1000");
        assertThat(Http.header(Http.get(node.data("/nothing")), "Zonecache-Epoch"))
                .isEqualTo("1000");
        assertThat(Http.header(Http.get(node.data("/v1/view")), "Zonecache-Epoch"))
                .isEqualTo("1000");
        assertThat(Http.header(Http.send("PUT", node.data(path(KEY)), Stripes.record(KEY)), "Zonecache-Epoch"))
                .isEqualTo("1000");
    }

    @Test
    void shouldAnswerAMissAndAskOneReaderASecondForARepair() throws Exception {
        long startNanos = System.nanoTime();
        int wanted = 0;
        for (int read = 0; read < 20; read++) {
            HttpResponse<byte[]> miss = Http.get(node.data(path(KEY)));
            assertProblem(miss, CacheErrorCode.NOT_FOUND);
            wanted += Http.header(miss, "Zonecache-Wanted").equals("1") ? 1 : 0;
        }
        long seconds = (System.nanoTime() - startNanos) / 1_000_000_000;
        assertThat(wanted).isBetween(1, 1 + (int) seconds);
    }

    @Test
    void shouldAnswerHeadWithoutABody() throws Exception {
        HttpResponse<byte[]> miss = Http.send("HEAD", node.data(path(KEY)), new byte[0]);
        assertThat(miss.statusCode()).isEqualTo(404);
        assertThat(miss.body()).isEmpty();
        Http.send("PUT", node.data(path(KEY)), Stripes.record(KEY));
        HttpResponse<byte[]> held = Http.send("HEAD", node.data(path(KEY)), new byte[0]);
        assertThat(held.statusCode()).isEqualTo(200);
        assertThat(held.body()).isEmpty();
    }

    @Test
    void shouldKeepSoundStripesWhenTheyAreReportedCorrupt() throws Exception {
        byte[] record = Stripes.record(KEY);
        Http.send("PUT", node.data(path(KEY)), record);
        HttpResponse<byte[]> report = Http.send("DELETE", node.data(path(KEY) + "?if=corrupt"), new byte[0]);
        assertThat(report.statusCode()).isEqualTo(204);
        assertThat(Http.get(node.data(path(KEY))).body()).isEqualTo(record);
    }

    @Test
    void shouldRefuseToDeleteForAnyOtherReason() throws Exception {
        Http.send("PUT", node.data(path(KEY)), Stripes.record(KEY));
        assertProblem(Http.send("DELETE", node.data(path(KEY)), new byte[0]), CacheErrorCode.BAD_REQUEST);
        assertThat(Http.get(node.data(path(KEY))).statusCode()).isEqualTo(200);
    }

    @Test
    void shouldLimitTheReportsOfOneClient() throws Exception {
        int limited = 0;
        for (int i = 0; i < 80; i++) {
            HttpResponse<byte[]> report = Http.send("DELETE", node.data(path(KEY) + "?if=corrupt"), new byte[0]);
            if (report.statusCode() == 429) {
                assertProblem(report, CacheErrorCode.RATE_LIMITED);
                assertThat(Http.header(report, "Retry-After")).isNotEmpty();
                limited++;
            }
        }
        assertThat(limited).isPositive();
    }

    static void assertProblem(HttpResponse<byte[]> response, CacheErrorCode code) {
        assertThat(assertRefused(response, code)).contains("(expected: ");
    }

    /** The detail. */
    static String assertRefused(HttpResponse<byte[]> response, CacheErrorCode code) {
        assertThat(response.statusCode()).isEqualTo(code.status());
        assertThat(Http.header(response, "Content-Type")).isEqualTo("application/problem+json");
        JsonObject problem = new JsonObject(new String(response.body(), StandardCharsets.UTF_8));
        assertThat(problem.getString("code")).isEqualTo(code.name());
        assertThat(problem.getInteger("status")).isEqualTo(code.status());
        return problem.getString("detail");
    }
}
