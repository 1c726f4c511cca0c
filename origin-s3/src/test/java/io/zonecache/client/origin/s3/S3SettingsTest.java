package io.zonecache.client.origin.s3;

import static io.zonecache.testkit.origin.OriginCalls.await;
import static io.zonecache.testkit.origin.OriginCalls.chunk;
import static io.zonecache.testkit.origin.OriginCalls.failure;
import static io.zonecache.testkit.origin.OriginCalls.fetch;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.s3.S3OriginOptions.StaticCredentials;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.s3.S3Control;
import io.zonecache.testkit.s3.S3Options;
import io.zonecache.testkit.s3.S3Server;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each setting of the S3 origin: what it changes in the requests, and that a real S3 server takes them. */
final class S3SettingsTest {

    private static final byte[] CHUNK = chunk(1, 1_000);
    private static final ChunkKey KEY = ChunkKey.sha256Of(CHUNK);
    private static final String NAME = KEY.toHex().substring(0, 2) + "/" + KEY.toHex();
    private static final List<String> AWS_PROPERTIES =
            List.of("aws.accessKeyId", "aws.secretAccessKey", "aws.sessionToken", "aws.region");

    private static S3Server server;
    private static Vertx vertx;
    private static HttpServer recorder;

    private final Map<String, String> before = new HashMap<>();

    /** What the recorder was sent; it answers 403 to everything. */
    private static final List<Sent> SENT = new CopyOnWriteArrayList<>();

    private record Sent(String host, String path, MultiMap headers) {}

    @BeforeAll
    static void start() throws Exception {
        server = S3Server.start(S3Options.defaults());
        vertx = Vertx.vertx();
        recorder = vertx.createHttpServer()
                .requestHandler(request -> {
                    SENT.add(new Sent(
                            String.valueOf(request.authority()),
                            request.path(),
                            MultiMap.caseInsensitiveMultiMap().addAll(request.headers())));
                    request.resume();
                    request.response().setStatusCode(403).end();
                })
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(30, TimeUnit.SECONDS);
    }

    @AfterAll
    static void stop() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
        server.close();
    }

    @BeforeEach
    void forgetProperties() {
        SENT.clear();
        for (String property : AWS_PROPERTIES) {
            String value = System.clearProperty(property);
            if (value != null) {
                before.put(property, value);
            }
        }
    }

    @AfterEach
    void restoreProperties() {
        AWS_PROPERTIES.forEach(System::clearProperty);
        before.forEach(System::setProperty);
    }

    private static S3OriginOptions.Builder atRecorder() {
        return S3OriginOptions.builder()
                .endpoint(URI.create("http://localhost:" + recorder.actualPort()))
                .credentials(new StaticCredentials("some-id", "some-secret", null));
    }

    private static Sent sentBy(String prefix, S3OriginOptions.Builder options) {
        SENT.clear();
        try (Origin origin = new S3Origin("bucket", prefix, options.build())) {
            failure(fetch(origin, KEY));
        }
        return SENT.get(SENT.size() - 1);
    }

    @Test
    void shouldTakeCredentialsAndRegionOfTheSdksChain() throws Exception {
        System.setProperty("aws.accessKeyId", S3Control.ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", S3Control.SECRET_KEY);
        S3OriginOptions options =
                S3OriginOptions.builder().endpoint(server.endpoint()).build();
        try (Origin origin = new S3Origin(S3Control.BUCKET, "chain", options)) {
            await(origin.store(KEY, ByteBuffer.wrap(CHUNK), 30_000));
            assertThat(await(fetch(origin, KEY))).isEqualTo(CHUNK);
        }
        System.setProperty("aws.secretAccessKey", "another");
        try (Origin origin = new S3Origin(S3Control.BUCKET, "chain", options)) {
            CacheException refused = failure(fetch(origin, KEY));
            assertThat(refused.detail()).contains("403");
        }
    }

    @Test
    void shouldSignForItsRegion() {
        assertThat(sentBy("", atRecorder()).headers().get("Authorization")).contains("/us-east-1/s3/aws4_request");
        assertThat(sentBy("", atRecorder().region("eu-west-3")).headers().get("Authorization"))
                .contains("Credential=some-id/")
                .contains("/eu-west-3/s3/aws4_request");
    }

    @Test
    void shouldTakeTheRegionOfTheSdksChainWithoutAnEndpoint() {
        S3OriginOptions options = S3OriginOptions.builder()
                .credentials(new StaticCredentials("some-id", "some-secret", null))
                .build();
        System.setProperty("aws.region", "eu-central-1");
        assertThatCode(() -> new S3Origin("bucket", "", options).close()).doesNotThrowAnyException();
    }

    @Test
    void shouldSayInOneLineThatNoRegionIsKnown() {
        Map<String, String> nowhere = Map.of(
                "aws.configFile", "/no/such/file",
                "aws.sharedCredentialsFile", "/no/such/file",
                "aws.disableEc2Metadata", "true");
        nowhere.forEach(System::setProperty);
        try {
            assertThatThrownBy(() -> S3Origin.open("s3://bucket/a", S3OriginOptions.defaults()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("region: none found"
                            + " (expected: the setting region, AWS_REGION, or one in the profile)");
        } finally {
            nowhere.keySet().forEach(System::clearProperty);
        }
    }

    @Test
    void shouldSendTheTokenOfASession() {
        Sent sent = sentBy("", atRecorder().credentials(new StaticCredentials("some-id", "some-secret", "a-token")));
        assertThat(sent.headers().get("X-Amz-Security-Token")).isEqualTo("a-token");
    }

    @Test
    void shouldNameTheBucketInThePathOrInTheHost() {
        String port = ":" + recorder.actualPort();
        Sent byDefault = sentBy("", atRecorder());
        assertThat(byDefault.path()).isEqualTo("/bucket/" + NAME);
        assertThat(byDefault.host()).isEqualTo("localhost" + port);
        S3OriginOptions inHost = S3OriginOptions.builder()
                .endpoint(URI.create("http://s3.invalid"))
                .credentials(new StaticCredentials("some-id", "some-secret", null))
                .pathStyle(false)
                .build();
        try (Origin origin = new S3Origin("bucket", "", inHost)) {
            assertThat(failure(fetch(origin, KEY)).detail()).contains("bucket.s3.invalid");
        }
    }

    @Test
    void shouldPutThePrefixBeforeTheLayoutHoweverItIsSlashed() {
        for (String prefix : List.of("a/b", "/a/b", "a/b/", "//a/b//")) {
            assertThat(sentBy(prefix, atRecorder()).path()).isEqualTo("/bucket/a/b/" + NAME);
        }
        assertThat(sentBy("/", atRecorder()).path()).isEqualTo("/bucket/" + NAME);
    }

    @Test
    void shouldAskForTheSdksChecksumsOnlyWhereTold() {
        assertThat(sentBy("", atRecorder()).headers().names()).noneMatch(S3SettingsTest::isOfChecksums);
        assertThat(sentBy("", atRecorder().sdkChecksums(true)).headers().names())
                .anyMatch(S3SettingsTest::isOfChecksums);
    }

    private static boolean isOfChecksums(String header) {
        return header.toLowerCase(Locale.ROOT).startsWith("x-amz-checksum-");
    }
}
