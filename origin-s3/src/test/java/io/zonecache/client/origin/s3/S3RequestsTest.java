package io.zonecache.client.origin.s3;

import static io.zonecache.testkit.origin.OriginCalls.TIMEOUT_MILLIS;
import static io.zonecache.testkit.origin.OriginCalls.await;
import static io.zonecache.testkit.origin.OriginCalls.chunk;
import static io.zonecache.testkit.origin.OriginCalls.failure;
import static io.zonecache.testkit.origin.OriginCalls.fetch;
import static io.zonecache.testkit.origin.OriginCalls.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.buffer.Buffer;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginRefusedException;
import io.zonecache.client.origin.Origins;
import io.zonecache.client.origin.StatRequest;
import io.zonecache.client.origin.StoredObject;
import io.zonecache.client.origin.s3.S3OriginOptions.StaticCredentials;
import io.zonecache.client.origin.s3.S3Stub.Answer;
import io.zonecache.client.origin.s3.S3Stub.Request;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the options put into GET, HEAD and PUT, and what of it comes back. */
final class S3RequestsTest {

    private static final byte[] CHUNK = chunk(1, 1_000);
    private static final ChunkKey KEY = ChunkKey.sha256Of(CHUNK);
    private static final CustomerKey CUSTOMER_KEY = CustomerKey.of(chunk(2, 32));
    private static final String URI = "s3://bucket/data/object";
    private static final String ENCRYPTION = "x-amz-server-side-encryption-customer-";

    private static S3Stub stub;

    @BeforeAll
    static void start() {
        stub = S3Stub.start();
    }

    @AfterAll
    static void stop() {
        stub.close();
    }

    @BeforeEach
    void forget() {
        stub.forget();
        stub.answer(request -> Answer.of(403));
    }

    private static S3OriginOptions.Builder options() {
        return S3OriginOptions.builder()
                .endpoint(stub.endpoint())
                .credentials(new StaticCredentials("some-id", "some-secret", null));
    }

    private static Origin open(S3OriginOptions.Builder options) {
        return new S3Origin("bucket", "", options.build());
    }

    /** What the stub is sent for a chunk, a range of an object, its state, and a chunk to store. */
    private static List<Request> allSent(Origin origin, ObjectRange range) {
        failure(fetch(origin, KEY));
        failure(fetch(origin, range));
        failure(origin.stat(StatRequest.of(URI, TIMEOUT_MILLIS)));
        failure(origin.store(KEY, ByteBuffer.wrap(CHUNK), TIMEOUT_MILLIS));
        assertThat(stub.requests()).extracting(Request::method).containsExactly("GET", "GET", "HEAD", "PUT");
        return stub.requests();
    }

    private static Answer content(Map<String, String> headers) {
        Map<String, String> all = new HashMap<>(headers);
        all.put("ETag", "\"1\"");
        all.put("Content-Range", "bytes 0-6/7");
        return Answer.object("content", all);
    }

    @Test
    void shouldSayThatTheRequesterPays() {
        Map<String, String> settings =
                Map.of("endpoint", stub.endpoint().toString(), "requesterPays", "true", "unsigned", "true");
        try (Origin origin = Origins.parse("s3://bucket", settings)) {
            assertThat(allSent(origin, new ObjectRange(URI, "\"1\"", 0, 7)))
                    .allSatisfy(sent ->
                            assertThat(sent.header("x-amz-request-payer")).isEqualTo("requester"));
        }
    }

    @Test
    void shouldSayNeitherPayerNorKeyByDefault() {
        try (Origin origin = open(options())) {
            assertThat(origin.allowsWriteBack()).isTrue();
            assertThat(allSent(origin, new ObjectRange(URI, "\"1\"", 0, 7)))
                    .allSatisfy(sent -> assertThat(sent.headers().names())
                            .noneMatch(name -> name.toLowerCase(Locale.ROOT).startsWith(ENCRYPTION)
                                    || name.equalsIgnoreCase("x-amz-request-payer")));
        }
    }

    @Test
    void shouldSendTheCustomersKeyWithEveryRequest() {
        String sha256 = CUSTOMER_KEY.sha256();
        try (Origin origin = open(options().customerKey(CUSTOMER_KEY))) {
            assertThat(allSent(origin, new ObjectRange(URI, "\"1\"", 0, 7, null, sha256)))
                    .allSatisfy(sent -> {
                        assertThat(sent.header(ENCRYPTION + "algorithm")).isEqualTo("AES256");
                        assertThat(sent.header(ENCRYPTION + "key")).isEqualTo(CUSTOMER_KEY.base64());
                        assertThat(sent.header(ENCRYPTION + "key-MD5")).isEqualTo(CUSTOMER_KEY.md5Base64());
                    });
        }
    }

    @Test
    void shouldCarryTheDigestOfTheCustomersKeyAndKeepTheKeyOutOfTexts() throws Exception {
        S3OriginOptions options = options().customerKey(CUSTOMER_KEY).build();
        String key = CUSTOMER_KEY.base64();
        assertThat(options.toString()).contains(CUSTOMER_KEY.sha256()).doesNotContain(key);
        try (Origin origin = new S3Origin("bucket", "", options)) {
            assertThat(failure(fetch(origin, KEY)).toString()).contains("403").doesNotContain(key);
            stub.answer(request -> content(Map.of("Content-Length", "7")));
            StoredObject stored = await(origin.stat(StatRequest.of(URI, TIMEOUT_MILLIS)));
            assertThat(stored.customerKeySha256()).isEqualTo(CUSTOMER_KEY.sha256());
            assertThat(await(fetch(origin, stored.range(0, 7)))).asString().isEqualTo("content");
        }
    }

    @Test
    void shouldRefuseARangeOfAnotherCustomersKeyBeforeItAsks() {
        ObjectRange ofNone = new ObjectRange(URI, "\"1\"", 0, 7);
        ObjectRange ofAnother = new ObjectRange(URI, "\"1\"", 0, 7, null, "ab".repeat(32));
        try (Origin encrypted = open(options().customerKey(CUSTOMER_KEY));
                Origin plain = open(options())) {
            CacheException other = failure(fetch(encrypted, ofAnother));
            assertThat(other.code()).isEqualTo(CacheErrorCode.BAD_REQUEST);
            assertThat(other.detail())
                    .contains(
                            URI,
                            "ab".repeat(32),
                            "expected: that of the origin, with SHA-256 " + CUSTOMER_KEY.sha256());
            assertThat(failure(fetch(encrypted, ofNone)).code()).isEqualTo(CacheErrorCode.BAD_REQUEST);
            assertThat(failure(fetch(plain, ofAnother)).code()).isEqualTo(CacheErrorCode.BAD_REQUEST);
        }
        assertThat(stub.requests()).isEmpty();
    }

    @Test
    void shouldKeepWhatACustomersKeyDecryptsOutOfTheZoneUnlessTold(@TempDir Path directory) throws Exception {
        Path file = Files.writeString(directory.resolve("key"), CUSTOMER_KEY.base64() + "\n");
        Map<String, String> settings = Map.of(
                "customerKeyFile", file.toString(), "endpoint", stub.endpoint().toString());
        try (Origin origin = Origins.parse("s3://bucket", settings)) {
            assertThat(origin.allowsWriteBack()).isFalse();
        }
        Map<String, String> told = new HashMap<>(settings);
        told.put("writeBackEncrypted", "true");
        try (Origin origin = Origins.parse("s3://bucket", told)) {
            assertThat(origin.allowsWriteBack()).isTrue();
        }
        assertThatThrownBy(() -> options().writeBackEncrypted(true).build())
                .hasMessage("writeBackEncrypted: true (expected: only with a customer key)");
    }

    @Test
    void shouldAskForTheVersionThatItIsTold() throws Exception {
        stub.answer(request -> content(Map.of("Content-Length", "7", "x-amz-version-id", "v1")));
        try (Origin origin = open(options())) {
            StoredObject stored = await(origin.stat(new StatRequest(URI, "v1", TIMEOUT_MILLIS)));
            assertThat(stored.versionId()).isEqualTo("v1");
            assertThat(stub.last().query()).isEqualTo("versionId=v1");
            assertThat(await(fetch(origin, stored.range(0, 7)))).asString().isEqualTo("content");
            assertThat(stub.last().query()).isEqualTo("versionId=v1");
            assertThat(stub.last().header("If-Match")).isEqualTo("\"1\"");
        }
    }

    @Test
    void shouldAskForTheCurrentVersionByDefault() throws Exception {
        stub.answer(request -> content(Map.of("Content-Length", "7", "x-amz-version-id", "v2")));
        try (Origin origin = open(options())) {
            StoredObject stored = await(origin.stat(StatRequest.of(URI, TIMEOUT_MILLIS)));
            assertThat(stored.versionId()).isNull();
            await(fetch(origin, stored.range(0, 7)));
            assertThat(stub.requests()).extracting(Request::query).containsOnly("null");
        }
    }

    @Test
    void shouldRefuseAnotherVersionFromAServerThatKeepsNone() {
        stub.answer(request -> content(Map.of("Content-Length", "7")));
        try (Origin origin = open(options())) {
            CacheException state = failure(origin.stat(new StatRequest(URI, "v1", TIMEOUT_MILLIS)));
            assertThat(state).isInstanceOf(OriginRefusedException.class);
            assertThat(state.detail()).contains("version none (expected: v1");
            assertThat(failure(fetch(origin, new ObjectRange(URI, "\"1\"", 0, 7, "v1", null))))
                    .isInstanceOf(OriginRefusedException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 70_000})
    void shouldStoreInAPlainBody(int bytes) throws Exception {
        stub.answer(request -> Answer.of(200));
        byte[] chunk = chunk(3, bytes);
        try (Origin origin = open(options())) {
            store(origin, chunk);
        }
        Request sent = stub.last();
        assertThat(sent.body()).isEqualTo(Buffer.buffer(chunk));
        assertThat(sent.header("Content-Length")).isEqualTo(Integer.toString(bytes));
        assertThat(sent.headers().names())
                .noneMatch(name -> name.equalsIgnoreCase("Content-Encoding") || name.equalsIgnoreCase("x-amz-trailer"));
        assertThat(sent.header("x-amz-content-sha256"))
                .isEqualTo(ChunkKey.sha256Of(chunk).toHex());
    }

    @Test
    void shouldUseTheSdksChecksumsOnlyWhereTold() {
        ObjectRange range = new ObjectRange(URI, "\"1\"", 0, 7);
        try (Origin origin = open(options())) {
            assertThat(allSent(origin, range)).noneMatch(S3RequestsTest::isOfChecksums);
        }
        stub.forget();
        try (Origin origin = open(options().sdkChecksums(true))) {
            List<Request> sent = allSent(origin, range);
            assertThat(sent.get(0)).matches(S3RequestsTest::isOfChecksums);
            assertThat(sent.get(3).header("Content-Encoding")).isEqualTo("aws-chunked");
        }
    }

    private static boolean isOfChecksums(Request sent) {
        return sent.headers().names().stream()
                .anyMatch(name -> name.toLowerCase(Locale.ROOT).startsWith("x-amz-checksum-"));
    }
}
