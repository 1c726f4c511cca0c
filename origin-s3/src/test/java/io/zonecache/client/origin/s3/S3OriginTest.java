package io.zonecache.client.origin.s3;

import static io.zonecache.testkit.origin.OriginCalls.TIMEOUT_MILLIS;
import static io.zonecache.testkit.origin.OriginCalls.await;
import static io.zonecache.testkit.origin.OriginCalls.chunk;
import static io.zonecache.testkit.origin.OriginCalls.failure;
import static io.zonecache.testkit.origin.OriginCalls.fetch;
import static io.zonecache.testkit.origin.OriginCalls.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.client.origin.FetchRequest;
import io.zonecache.client.origin.FetchTimeouts;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginLimits;
import io.zonecache.client.origin.Origins;
import io.zonecache.client.origin.StatRequest;
import io.zonecache.client.origin.s3.S3OriginOptions.StaticCredentials;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.origin.ObjectStoreContract;
import io.zonecache.testkit.origin.StoreFault;
import io.zonecache.testkit.s3.S3Control;
import io.zonecache.testkit.s3.S3Fault;
import io.zonecache.testkit.s3.S3Options;
import io.zonecache.testkit.s3.S3Server;
import java.net.ServerSocket;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class S3OriginTest extends ObjectStoreContract {

    private static final StaticCredentials CREDENTIALS =
            new StaticCredentials(S3Control.ACCESS_KEY, S3Control.SECRET_KEY, null);

    private final List<Origin> opened = new ArrayList<>();
    private final S3Server server = S3Server.start(S3Options.defaults());
    private final Origin origin =
            open(S3Control.BUCKET, "some/prefix", options().build());

    @BeforeAll
    void warmUp() throws Exception {
        store(origin, chunk(0, 10));
    }

    @AfterAll
    void stop() {
        opened.forEach(Origin::close);
        server.close();
    }

    private S3OriginOptions.Builder options() {
        return S3OriginOptions.builder().endpoint(server.endpoint()).credentials(CREDENTIALS);
    }

    private Origin open(String bucket, String prefix, S3OriginOptions options) {
        Origin added = new S3Origin(bucket, prefix, options);
        opened.add(added);
        return added;
    }

    @Override
    protected Origin origin() {
        return origin;
    }

    @Override
    protected Origin originOf(int maxChunkBytes) {
        return open(
                S3Control.BUCKET,
                "some/prefix/",
                options()
                        .limits(OriginLimits.DEFAULT.withMaxChunkBytes(maxChunkBytes))
                        .build());
    }

    @Override
    protected Origin missingPlace() {
        return open("no-such-bucket", "", options().build());
    }

    @Override
    protected void plant(ChunkKey key, byte[] bytes) {
        server.put("some/prefix/" + key.toHex().substring(0, 2) + "/" + key.toHex(), bytes);
    }

    @Override
    protected String put(String name, byte[] bytes) {
        server.put(name, bytes);
        return "s3://" + S3Control.BUCKET + "/" + name;
    }

    @Override
    protected int requestsInFlight() {
        return server.counts().getsInFlight();
    }

    @Override
    protected void setFault(StoreFault fault) {
        server.setFault(S3Fault.valueOf(fault.name()));
    }

    private ChunkKey stored(long seed) throws Exception {
        return store(origin, chunk(seed, 200_000));
    }

    @ParameterizedTest
    @CsvSource({
        "SLOW_DOWN, ORIGIN_LIMIT, SlowDown",
        "FORBIDDEN, ORIGIN_FAILED, 403 AccessDenied",
        "INTERNAL_ERROR, ORIGIN_FAILED, 500 InternalError",
        "RESET, ORIGIN_FAILED, expected: an answer",
        "TRUNCATED, ORIGIN_FAILED, chunk"
    })
    void shouldSayWhatCameAndWhatWasExpected(S3Fault fault, CacheErrorCode code, String words) throws Exception {
        ChunkKey key = stored(1);
        server.reset();
        server.setFault(fault);
        CacheException failure = failure(fetch(origin, key));
        assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
        assertThat(failure.detail()).contains(words, "expected: ", key.toHex(), "s3://zonecache/some/prefix");
        // Over a kept connection, RESET looks like one that was closed while it was idle: once more, over a new one.
        int resent = fault == S3Fault.RESET ? 1 : 0;
        assertThat(server.counts().gets()).as("attempts of one call").isBetween(1L, 1L + resent);
    }

    @ParameterizedTest
    @EnumSource(names = {"GARBAGE", "WRONG_BYTES"})
    void shouldHandOutForVerificationWhatLooksLikeAnObject(S3Fault fault) throws Exception {
        ChunkKey key = stored(2);
        server.setFault(fault);
        byte[] bytes = await(fetch(origin, key));
        assertThat(ChunkKey.sha256Of(bytes)).isNotEqualTo(key);
    }

    @Test
    void shouldWorkAgainAfterEveryThreadHasHung() throws Exception {
        ChunkKey key = stored(5);
        Origin two = open(
                S3Control.BUCKET,
                "some/prefix",
                options().limits(OriginLimits.DEFAULT.withThreads(2)).build());
        server.setFault(S3Fault.HANG);
        List<CompletableFuture<byte[]>> stuck = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            stuck.add(two.fetch(FetchRequest.ofChunk(key, FetchTimeouts.of(200))));
        }
        stuck.forEach(fetch -> assertThat(failure(fetch).code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED));
        server.setFault(S3Fault.NONE);
        assertThat(await(fetch(two, key))).hasSize(200_000);
    }

    @Test
    void shouldRefuseWhatNeitherThreadsNorQueueHaveRoomFor() throws Exception {
        ChunkKey key = stored(6);
        Origin tiny = open(
                S3Control.BUCKET,
                "some/prefix",
                options().limits(new OriginLimits(1, 1, 1_000_000)).build());
        server.setFault(S3Fault.HANG);
        List<CompletableFuture<byte[]>> fetches = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            fetches.add(tiny.fetch(FetchRequest.ofChunk(key, FetchTimeouts.of(500))));
        }
        assertThat(fetches.stream().map(fetch -> failure(fetch).code()))
                .contains(CacheErrorCode.BUSY, CacheErrorCode.ORIGIN_FAILED);
    }

    @Test
    void shouldSayThatAnEndpointIsDown() throws Exception {
        int port;
        try (ServerSocket socket = new ServerSocket(0)) {
            port = socket.getLocalPort();
        }
        S3OriginOptions options =
                options().endpoint(URI.create("http://127.0.0.1:" + port)).build();
        Origin down = open(S3Control.BUCKET, "", options);
        CacheException failure = failure(fetch(down, ChunkKey.sha256Of(chunk(1, 10))));
        assertThat(failure.code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        assertThat(failure.detail()).contains("127.0.0.1:" + port).contains("refused");
    }

    @Test
    void shouldSayThatCredentialsAreRefused() {
        S3OriginOptions wrongSecret = options()
                .credentials(new StaticCredentials(S3Control.ACCESS_KEY, "not-the-secret", null))
                .build();
        S3OriginOptions wrongKey = options()
                .credentials(new StaticCredentials("nobody", "not-the-secret", null))
                .build();
        for (S3OriginOptions wrong : List.of(wrongSecret, wrongKey)) {
            CacheException failure = failure(fetch(open(S3Control.BUCKET, "", wrong), ChunkKey.sha256Of(chunk(1, 10))));
            assertThat(failure.code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
            assertThat(failure.detail()).contains("403");
            assertThat(wrong.toString()).doesNotContain("not-the-secret");
        }
    }

    @Test
    void shouldWorkWithTheSdksOwnChecksumsToo() throws Exception {
        Origin checked =
                open(S3Control.BUCKET, "sdk", options().sdkChecksums(true).build());
        byte[] chunk = chunk(9, 1_000);
        ChunkKey key = store(checked, chunk);
        assertThat(await(fetch(checked, key))).isEqualTo(chunk);
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3://bucket", "s3://bucket/", "s3:///key", "file:/key", "http://host/key"})
    void shouldRejectWhatNamesNoObject(String uri) {
        CacheException failure = failure(origin.stat(StatRequest.of(uri, TIMEOUT_MILLIS)));
        assertThat(failure.code()).isEqualTo(CacheErrorCode.BAD_REQUEST);
        assertThat(failure.detail()).isEqualTo("object: \"" + uri + "\" (expected: s3://BUCKET/KEY)");
    }

    @Test
    void shouldBeFoundByItsLocation() throws Exception {
        ChunkKey key = stored(10);
        try (Origin named = Origins.parse("s3://zonecache/some/prefix/", Map.of("region", "eu-west-3"))) {
            assertThat(named.describe()).isEqualTo("s3://zonecache/some/prefix");
        }
        Map<String, String> settings = Map.of(
                "endpoint", server.endpoint().toString(),
                "region", "eu-west-3",
                "pathStyle", "true",
                "sdkChecksums", "true",
                "connectTimeoutMillis", "500",
                "maxChunkBytes", "1000");
        System.setProperty("aws.accessKeyId", S3Control.ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", S3Control.SECRET_KEY);
        try (Origin small = Origins.parse("s3://zonecache/some/prefix", settings)) {
            assertThat(failure(fetch(small, key)).detail()).contains("expected: 1..1000");
        } finally {
            System.clearProperty("aws.accessKeyId");
            System.clearProperty("aws.secretAccessKey");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"s3:", "s3://", "s3:///prefix", "s3:bucket"})
    void shouldRejectALocationThatNamesNoBucket(String location) {
        assertThatThrownBy(() -> Origins.parse(location))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("location: \"" + location + "\" (expected: s3://BUCKET[/PREFIX])");
    }

    @Test
    void shouldNameEveryOptionThatIsOutOfRange() {
        assertThatThrownBy(() -> S3OriginOptions.builder()
                        .connectTimeoutMillis(0)
                        .endpoint(URI.create("ftp://host"))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("connectTimeoutMillis: 0 (expected: 1..60000)")
                .hasMessageContaining("endpoint: ftp://host (expected: http://HOST[:PORT] or https://HOST[:PORT])");
    }

    @Test
    void shouldNameEverySettingThatHasAnotherForm() {
        Map<String, String> settings = Map.of("pathStyle", "yes", "endpoint", ":", "connectTimeoutMillis", "soon");
        assertThatThrownBy(() -> Origins.parse("s3://zonecache", settings))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("pathStyle: yes (expected: true or false)")
                .hasMessageContaining("endpoint: : (expected: http://HOST[:PORT] or https://HOST[:PORT])")
                .hasMessageContaining("connectTimeoutMillis: soon (expected: 1..60000)");
    }
}
