package io.zonecache.server;

import static io.zonecache.server.Stripes.path;
import static io.zonecache.server.StripesOverHttpTest.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import io.zonecache.server.RawConnection.Answer;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever comes over the wire: a clear error, nothing lost, the node stays up. */
@Tag("slow")
class BadInputTest {

    private static final ChunkKey HELD = Stripes.key(7);
    private static final byte[] HELD_RECORD = Stripes.record(HELD);
    private static final ChunkKey KEY = Stripes.key(8);

    @TempDir
    static Path directory;

    private static TestNode node;

    /** For bodies that never come, and nothing else: whoever sends to it may be late. */
    private static TestNode hasty;

    @BeforeAll
    static void start() throws Exception {
        node = TestNode.start(directory.resolve("patient"), Map.of("body-stall", "30s"));
        hasty = TestNode.start(directory.resolve("hasty"), Map.of("body-stall", "400ms"));
        assertThat(Http.send("PUT", node.data(path(HELD)), HELD_RECORD).statusCode())
                .isEqualTo(204);
    }

    @AfterAll
    static void stop() {
        node.close();
        hasty.close();
    }

    @AfterEach
    void shouldHaveLostNothing() throws Exception {
        assertThat(Http.get(node.data(path(HELD))).body()).isEqualTo(HELD_RECORD);
        assertThat(node.store().holds(KEY)).isFalse();
        org.awaitility.Awaitility.await().untilAsserted(() -> {
            assertThat(node.node().requestsInFlight()).isZero();
            assertThat(node.node().bytesInFlight()).isZero();
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "abc",
                "zz00000000000000000000000000000000000000000000000000000000000000",
                "AB00000000000000000000000000000000000000000000000000000000000000",
                "000000000000000000000000000000000000000000000000000000000000000",
                "00000000000000000000000000000000000000000000000000000000000000000",
                "%30000000000000000000000000000000000000000000000000000000000000",
            })
    void shouldRefuseMalformedKeys(String key) throws Exception {
        for (String method : new String[] {"GET", "HEAD", "PUT", "DELETE"}) {
            HttpResponse<byte[]> response =
                    Http.send(method, node.data("/v1/chunks/" + key + "/stripes?if=corrupt"), HELD_RECORD);
            assertThat(response.statusCode()).isEqualTo(400);
            if (!method.equals("HEAD")) {
                assertProblem(response, CacheErrorCode.BAD_KEY);
            }
        }
        assertProblem(
                Http.send("POST", node.data("/v1/chunks/" + key + "/lease"), new byte[0]), CacheErrorCode.BAD_KEY);
    }

    /** Each field of the header, at its offset, with a value that it must not have. */
    @ParameterizedTest
    @CsvSource({
        "magic, 0, 88, BAD_RECORD",
        "version, 3, 50, BAD_RECORD",
        "code, 4, 2, BAD_RECORD",
        "no data stripes, 5, 0, BAD_RECORD",
        "too many data stripes, 5, 33, BAD_RECORD",
        "too much parity for XOR, 6, 2, BAD_RECORD",
        "too much parity, 6, 17, BAD_RECORD",
        "index, 7, 5, BAD_RECORD",
        "chunk length, 8, 127, BAD_RECORD",
        "payload length, 15, 1, BAD_RECORD",
        "key, 16, 1, KEY_MISMATCH",
        "tag, 48, 1, CHECKSUM_MISMATCH",
        "reserved, 56, 1, BAD_RECORD",
        "checksum, 60, 1, CHECKSUM_MISMATCH",
        "payload, 64, 1, CHECKSUM_MISMATCH",
    })
    void shouldRefuseARecordWithOneWrongField(String field, int offset, byte value, CacheErrorCode code)
            throws Exception {
        byte[] record = Stripes.record(KEY, Stripes.FOUR_OF_FIVE, 2, 4000);
        record[offset] = record[offset] == value ? (byte) (value + 1) : value;
        assertProblem(Http.send("PUT", node.data(path(KEY)), record), code);
    }

    @Test
    void shouldRefuseARecordWithAnyOneBitFlipped() throws Exception {
        byte[] record = Stripes.record(KEY, Stripes.WHOLE, 0, 40);
        for (int bit = 0; bit < record.length * 8; bit += 3) {
            byte[] flipped = record.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            int status = Http.send("PUT", node.data(path(KEY)), flipped).statusCode();
            assertThat(status).as("bit %d", bit).isIn(400, 413);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 63, 64, 65, 500, 1063})
    void shouldRefuseATruncatedRecord(int bytes) throws Exception {
        byte[] record = Stripes.record(KEY, Stripes.FOUR_OF_FIVE, 2, 4000);
        assertProblem(Http.send("PUT", node.data(path(KEY)), Arrays.copyOf(record, bytes)), CacheErrorCode.BAD_RECORD);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 500})
    void shouldRefuseARecordWithBytesBehindIt(int bytes) throws Exception {
        byte[] record = Stripes.record(KEY, Stripes.FOUR_OF_FIVE, 2, 4000);
        assertProblem(
                Http.send("PUT", node.data(path(KEY)), Arrays.copyOf(record, record.length + bytes)),
                CacheErrorCode.BAD_RECORD);
    }

    @Test
    void shouldStoreNothingOfABodyWhoseSecondRecordIsBad() throws Exception {
        byte[] good = Stripes.record(KEY, Stripes.FOUR_OF_FIVE, 2, 4000);
        byte[] bad = Stripes.record(KEY, Stripes.FOUR_OF_FIVE, 3, 4000);
        bad[100] ^= 1;
        byte[] both = ByteBuffer.allocate(2 * good.length).put(good).put(bad).array();
        assertProblem(Http.send("PUT", node.data(path(KEY)), both), CacheErrorCode.CHECKSUM_MISMATCH);
    }

    @Test
    void shouldRefuseADeclaredBodyThatIsTooLargeBeforeItComes() throws Exception {
        try (RawConnection raw = new RawConnection(node.port())) {
            raw.send("PUT " + path(KEY) + " HTTP/1.1\r\nHost: n\r\nContent-Length: 30000000\r\n\r\n");
            Answer answer = raw.receive();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.text()).contains("TOO_LARGE").contains("30000000").contains("20971520");
            assertThat(raw.isClosedByNode()).isTrue();
        }
    }

    @Test
    void shouldRefuseABodyThatTurnsOutTooLarge() throws Exception {
        byte[] record = Stripes.record(KEY, Stripes.WHOLE, 0, 16 * 1024 * 1024);
        try (RawConnection raw = new RawConnection(node.port())) {
            raw.send("PUT " + path(KEY) + " HTTP/1.1\r\nHost: n\r\nTransfer-Encoding: chunked\r\n\r\n");
            sendChunk(raw, record);
            sendChunk(raw, Arrays.copyOf(record, 64));
            Answer answer = raw.receive();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.text()).contains("TOO_LARGE");
        }
    }

    @Test
    void shouldAnswer408AndCloseWhenTheBodyNeverComes() throws Exception {
        try (RawConnection raw = new RawConnection(hasty.port())) {
            raw.send("PUT " + path(KEY) + " HTTP/1.1\r\nHost: n\r\nContent-Length: 1064\r\n\r\n");
            Answer answer = raw.receive();
            assertThat(answer.status()).isEqualTo(408);
            assertThat(answer.text())
                    .contains("REQUEST_TIMEOUT")
                    .contains("body bytes: 0")
                    .contains("expected: 1064");
            assertThat(raw.isClosedByNode()).isTrue();
        }
    }

    @Test
    void shouldAnswer408WhenTheBodyStopsHalfWay() throws Exception {
        byte[] record = Stripes.record(KEY);
        try (RawConnection raw = new RawConnection(hasty.port())) {
            raw.send("PUT " + path(KEY) + " HTTP/1.1\r\nHost: n\r\nContent-Length: " + record.length + "\r\n\r\n");
            raw.send(Arrays.copyOf(record, record.length / 2));
            assertThat(raw.receive().status()).isEqualTo(408);
            assertThat(raw.isClosedByNode()).isTrue();
        }
    }

    @Test
    void shouldForgetABodyWhoseSenderGoesAway() throws Exception {
        byte[] record = Stripes.record(KEY);
        try (RawConnection raw = new RawConnection(node.port())) {
            raw.send("PUT " + path(KEY) + " HTTP/1.1\r\nHost: n\r\nContent-Length: " + record.length + "\r\n\r\n");
            raw.send(Arrays.copyOf(record, record.length / 2));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/v1",
                "/v1/",
                "/v1/view/",
                "/v1/View",
                "//v1/view",
                "/v2/view",
                "/v1/chunks",
                "/v1/chunks/",
                "/v1/chunks//stripes",
                "/v1/purge/0000000000000000000000000000000000000000000000000000000000000000",
                "/metrics",
                "/health/live",
            })
    void shouldAnswerUnknownPaths(String path) throws Exception {
        assertProblem(Http.get(node.data(path)), CacheErrorCode.NO_SUCH_RESOURCE);
    }

    @Test
    void shouldAnswerUnknownPathsBelowAChunk() throws Exception {
        for (String below : new String[] {"", "/", "/stripe", "/stripes/", "/stripes/0", "/lease/", "/lease/a/b"}) {
            assertProblem(Http.get(node.data("/v1/chunks/" + KEY + below)), CacheErrorCode.NO_SUCH_RESOURCE);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /v1/view, GET",
        "PATCH, /v1/view, GET",
        "POST, KEY/stripes, 'DELETE, GET, HEAD, PUT'",
        "OPTIONS, KEY/stripes, 'DELETE, GET, HEAD, PUT'",
        "BREW, KEY/stripes, 'DELETE, GET, HEAD, PUT'",
        "GET, KEY/lease, POST",
        "PUT, KEY/lease/abc, DELETE",
    })
    void shouldAnswerOtherMethodsWithThoseAllowed(String method, String path, String allowed) throws Exception {
        HttpResponse<byte[]> response =
                Http.send(method, node.data(path.replace("KEY", "/v1/chunks/" + KEY)), new byte[0]);
        assertProblem(response, CacheErrorCode.METHOD_NOT_ALLOWED);
        assertThat(Http.header(response, "Allow")).isEqualTo(allowed);
    }

    @ParameterizedTest
    @CsvSource({
        "Zonecache-Rank, 128",
        "Zonecache-Rank, -1",
        "Zonecache-Rank, high",
        "Zonecache-Deadline-Millis, soon",
        "Zonecache-Deadline-Millis, -5",
        "Zonecache-Deadline-Millis, 99999999999999999999",
    })
    void shouldRefuseHeadersThatItCannotRead(String name, String value) throws Exception {
        HttpResponse<byte[]> response = Http.get(node.data(path(HELD)), name, value);
        assertProblem(response, CacheErrorCode.BAD_REQUEST);
        assertThat(new String(response.body(), java.nio.charset.StandardCharsets.UTF_8))
                .contains(name)
                .contains(value);
    }

    @ParameterizedTest
    @ValueSource(strings = {"waitMillis=x", "waitMillis=-1", "waitMillis=", "seen=MAYBE", "range=0", "range="})
    void shouldRefuseLeaseRequestsThatItCannotRead(String query) throws Exception {
        assertProblem(
                Http.send("POST", node.data("/v1/chunks/" + KEY + "/lease?" + query), new byte[0]),
                CacheErrorCode.BAD_REQUEST);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\r\n\r\n\r\n",
                "nonsense\r\n\r\n",
                "GET /v1/view HTTP/9.9\r\n\r\n",
                "GET\r\n\r\n",
                "GET /v1/view HTTP/1.1\r\nno colon here\r\n\r\n",
                "\u0016\u0003\u0001\u0002\u0000",
                "PUT /v1/view HTTP/1.1\r\nHost: n\r\nContent-Length: x\r\n\r\n",
                "PUT /v1/view HTTP/1.1\r\nHost: n\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                "GET /v1/view HTTP/1.1\r\nHost: n\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            })
    void shouldSurviveWhatIsNotHttp(String text) throws Exception {
        try (RawConnection raw = new RawConnection(node.port())) {
            raw.send(text);
        }
    }

    @Test
    void shouldRefuseAnUrlThatIsTooLong() throws Exception {
        try (RawConnection raw = new RawConnection(node.port())) {
            raw.send("GET /" + "a".repeat(10_000) + " HTTP/1.1\r\nHost: n\r\n\r\n");
            Answer answer = raw.receive();
            assertThat(answer.status()).isEqualTo(414);
            assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
            assertThat(answer.text()).contains("BAD_REQUEST").contains("4096");
            assertThat(raw.isClosedByNode()).isTrue();
        }
    }

    @Test
    void shouldRefuseHeadersThatAreTooLong() throws Exception {
        try (RawConnection raw = new RawConnection(node.port())) {
            raw.send("GET /v1/view HTTP/1.1\r\nHost: n\r\nX: " + "a".repeat(9_000) + "\r\n\r\n");
            Answer answer = raw.receive();
            assertThat(answer.status()).isEqualTo(431);
            assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
            assertThat(raw.isClosedByNode()).isTrue();
        }
    }

    @Test
    void shouldGoOnUsingAConnectionAfterAnError() throws Exception {
        byte[] bad = Stripes.record(KEY);
        bad[200] ^= 1;
        try (RawConnection raw = new RawConnection(node.port())) {
            for (int round = 0; round < 3; round++) {
                raw.send("GET /nothing HTTP/1.1\r\nHost: n\r\n\r\n");
                assertThat(raw.receive().status()).isEqualTo(404);
                raw.send("PUT " + path(KEY) + " HTTP/1.1\r\nHost: n\r\nContent-Length: " + bad.length + "\r\n\r\n");
                raw.send(bad);
                assertThat(raw.receive().status()).isEqualTo(400);
                raw.send("PUT /nothing HTTP/1.1\r\nHost: n\r\nContent-Length: " + bad.length + "\r\n\r\n");
                raw.send(bad);
                assertThat(raw.receive().status()).isEqualTo(404);
                raw.send("GET " + path(HELD) + " HTTP/1.1\r\nHost: n\r\n\r\n");
                assertThat(raw.receive().body()).isEqualTo(HELD_RECORD);
            }
        }
    }

    @Test
    void shouldAnswerPipelinedRequestsInOrder() throws Exception {
        try (RawConnection raw = new RawConnection(node.port())) {
            String get = " HTTP/1.1\r\nHost: n\r\n\r\n";
            raw.send("GET " + path(HELD) + get + "GET /nothing" + get + "GET " + path(HELD) + get);
            assertThat(raw.receive().body()).isEqualTo(HELD_RECORD);
            assertThat(raw.receive().status()).isEqualTo(404);
            assertThat(raw.receive().body()).isEqualTo(HELD_RECORD);
        }
    }

    @Test
    void shouldAnswerAPutOfWhatItHoldsWithoutReadingTheBody() throws Exception {
        try (RawConnection raw = new RawConnection(node.port())) {
            raw.send(
                    "PUT " + path(HELD) + " HTTP/1.1\r\nHost: n\r\nContent-Length: " + HELD_RECORD.length + "\r\n\r\n");
            raw.send(Arrays.copyOf(HELD_RECORD, 64));
            assertThat(raw.receive().status()).isEqualTo(204);
            raw.send(Arrays.copyOfRange(HELD_RECORD, 64, HELD_RECORD.length));
            raw.send("GET " + path(HELD) + " HTTP/1.1\r\nHost: n\r\n\r\n");
            assertThat(raw.receive().body()).isEqualTo(HELD_RECORD);
        }
    }

    @Test
    void shouldRefuseABadHeaderBeforeThePayloadComes() throws Exception {
        byte[] record = Stripes.record(Stripes.key(99));
        try (RawConnection raw = new RawConnection(node.port())) {
            raw.send("PUT " + path(KEY) + " HTTP/1.1\r\nHost: n\r\nContent-Length: " + record.length + "\r\n\r\n");
            raw.send(Arrays.copyOf(record, 64));
            Answer answer = raw.receive();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.text()).contains("KEY_MISMATCH");
        }
    }

    @Test
    void shouldTellAClientThatExpectsItToGoOn() throws Exception {
        byte[] record = Stripes.record(KEY, Stripes.WHOLE, 0, 40);
        try (RawConnection raw = new RawConnection(node.port())) {
            raw.send("PUT " + path(KEY) + " HTTP/1.1\r\nHost: n\r\nExpect: 100-continue\r\nContent-Length: "
                    + record.length + "\r\n\r\n");
            assertThat(raw.receive().status()).isEqualTo(100);
            raw.send(record);
            assertThat(raw.receive().status()).isEqualTo(204);
        }
        node.store().drop(KEY);
    }

    private static void sendChunk(RawConnection raw, byte[] bytes) throws Exception {
        raw.send(Integer.toHexString(bytes.length) + "\r\n");
        raw.send(bytes);
        raw.send("\r\n");
    }
}
