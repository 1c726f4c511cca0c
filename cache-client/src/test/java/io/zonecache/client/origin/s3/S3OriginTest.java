package io.zonecache.client.origin.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.client.origin.FetchTimeouts;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginContract;
import io.zonecache.client.origin.OriginOptions;
import io.zonecache.client.origin.OriginOptions.StaticCredentials;
import io.zonecache.client.origin.OriginRefusedException;
import io.zonecache.client.origin.Origins;
import io.zonecache.client.origin.StoredObject;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.s3.S3Control;
import io.zonecache.testkit.s3.S3Fault;
import io.zonecache.testkit.s3.S3Options;
import io.zonecache.testkit.s3.S3Server;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class S3OriginTest extends OriginContract {

    private static final StaticCredentials CREDENTIALS =
            new StaticCredentials(S3Control.ACCESS_KEY, S3Control.SECRET_KEY, null);

    private final List<Origin> opened = new ArrayList<>();
    private final S3Server server = S3Server.start(S3Options.defaults());
    private final Origin origin =
            open(S3Control.BUCKET, "some/prefix", options().build());

    @BeforeAll
    void warmUp() throws Exception {
        byte[] chunk = chunk(0, 10);
        await(origin.store(ChunkKey.sha256Of(chunk), ByteBuffer.wrap(chunk), TIMEOUT_MILLIS));
    }

    @AfterEach
    void heal() {
        server.setFault(S3Fault.NONE);
    }

    @AfterAll
    void stop() {
        opened.forEach(Origin::close);
        server.close();
    }

    private OriginOptions.Builder options() {
        return OriginOptions.builder().endpoint(server.endpoint()).credentials(CREDENTIALS);
    }

    private Origin open(String bucket, String prefix, OriginOptions options) {
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
                options().maxChunkBytes(maxChunkBytes).build());
    }

    @Override
    protected Origin missingPlace() {
        return open("no-such-bucket", "", options().build());
    }

    @Override
    protected void plant(ChunkKey key, byte[] bytes) {
        S3Objects.put(server.endpoint(), "some/prefix/" + key.toHex().substring(0, 2) + "/" + key.toHex(), bytes);
    }

    private ChunkKey stored(long seed) throws Exception {
        byte[] chunk = chunk(seed, 200_000);
        ChunkKey key = ChunkKey.sha256Of(chunk);
        await(origin.store(key, ByteBuffer.wrap(chunk), TIMEOUT_MILLIS));
        return key;
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
        CacheException failure = failure(origin.fetch(key, TIMEOUTS));
        assertThat(failure.code()).as(failure.getMessage()).isEqualTo(code);
        assertThat(failure.detail()).contains(words, "expected: ", key.toHex(), "s3://zonecache/some/prefix");
        assertThat(server.counts().gets()).as("attempts of one call").isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"FORBIDDEN, true", "INTERNAL_ERROR, false", "RESET, false", "TRUNCATED, false", "SLOW_DOWN, false"})
    void shouldTellWhatAnotherTryCanNotMend(S3Fault fault, boolean isFinal) throws Exception {
        ChunkKey key = stored(1);
        server.setFault(fault);
        CacheException failure = failure(origin.fetch(key, TIMEOUTS));
        assertThat(failure instanceof OriginRefusedException)
                .as(failure.getMessage())
                .isEqualTo(isFinal);
        server.setFault(S3Fault.NONE);
        assertThat(failure(missingPlace().fetch(key, TIMEOUTS))).isInstanceOf(OriginRefusedException.class);
    }

    @ParameterizedTest
    @EnumSource(names = {"GARBAGE", "WRONG_BYTES"})
    void shouldHandOutForVerificationWhatLooksLikeAnObject(S3Fault fault) throws Exception {
        ChunkKey key = stored(2);
        server.setFault(fault);
        byte[] bytes = await(origin.fetch(key, TIMEOUTS));
        assertThat(ChunkKey.sha256Of(bytes)).isNotEqualTo(key);
    }

    @Test
    void shouldAbortACallThatTakesTooLong() throws Exception {
        ChunkKey key = stored(3);
        server.setFault(S3Fault.HANG);
        long start = System.nanoTime();
        CacheException failure = failure(origin.fetch(key, FetchTimeouts.of(300)));
        assertThat(System.nanoTime() - start).isBetween(250_000_000L, 5_000_000_000L);
        assertThat(failure.code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        assertThat(failure.detail()).contains("no answer").contains("within 300 ms");
        Awaitility.await().until(() -> server.counts().getsInFlight() == 0);
    }

    @Test
    void shouldAbortACallThatNobodyWaitsFor() throws Exception {
        ChunkKey key = stored(4);
        server.setFault(S3Fault.HANG);
        CompletableFuture<byte[]> fetch = origin.fetch(key, TIMEOUTS);
        Awaitility.await().until(() -> server.counts().getsInFlight() == 1);
        fetch.cancel(true);
        Awaitility.await().until(() -> server.counts().getsInFlight() == 0);
        server.setFault(S3Fault.NONE);
        assertThat(await(origin.fetch(key, TIMEOUTS))).hasSize(200_000);
    }

    @Test
    void shouldWorkAgainAfterEveryThreadHasHung() throws Exception {
        ChunkKey key = stored(5);
        Origin two = open(S3Control.BUCKET, "some/prefix", options().threads(2).build());
        server.setFault(S3Fault.HANG);
        List<CompletableFuture<byte[]>> stuck = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            stuck.add(two.fetch(key, FetchTimeouts.of(200)));
        }
        stuck.forEach(fetch -> assertThat(failure(fetch).code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED));
        server.setFault(S3Fault.NONE);
        assertThat(await(two.fetch(key, TIMEOUTS))).hasSize(200_000);
    }

    @Test
    void shouldRefuseWhatNeitherThreadsNorQueueHaveRoomFor() throws Exception {
        ChunkKey key = stored(6);
        Origin tiny = open(
                S3Control.BUCKET,
                "some/prefix",
                options().threads(1).queueLength(1).build());
        server.setFault(S3Fault.HANG);
        List<CompletableFuture<byte[]>> fetches = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            fetches.add(tiny.fetch(key, FetchTimeouts.of(500)));
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
        OriginOptions options =
                options().endpoint(URI.create("http://127.0.0.1:" + port)).build();
        Origin down = open(S3Control.BUCKET, "", options);
        CacheException failure = failure(down.fetch(ChunkKey.sha256Of(chunk(1, 10)), TIMEOUTS));
        assertThat(failure.code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        assertThat(failure.detail()).contains("127.0.0.1:" + port).contains("refused");
    }

    @Test
    void shouldSayThatCredentialsAreRefused() {
        OriginOptions wrongSecret = options()
                .credentials(new StaticCredentials(S3Control.ACCESS_KEY, "not-the-secret", null))
                .build();
        OriginOptions wrongKey = options()
                .credentials(new StaticCredentials("nobody", "not-the-secret", null))
                .build();
        for (OriginOptions wrong : List.of(wrongSecret, wrongKey)) {
            CacheException failure =
                    failure(open(S3Control.BUCKET, "", wrong).fetch(ChunkKey.sha256Of(chunk(1, 10)), TIMEOUTS));
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
        ChunkKey key = ChunkKey.sha256Of(chunk);
        await(checked.store(key, ByteBuffer.wrap(chunk), TIMEOUT_MILLIS));
        assertThat(await(checked.fetch(key, TIMEOUTS))).isEqualTo(chunk);
    }

    @Test
    void shouldReadRangesOfAnObjectAsItWas() throws Exception {
        byte[] object = chunk(20, 10_000);
        S3Objects.put(server.endpoint(), "data/object", object);
        String uri = "s3://zonecache/data/object";
        StoredObject stored = await(origin.stat(uri, TIMEOUT_MILLIS));
        assertThat(stored.lengthBytes()).isEqualTo(10_000);
        assertThat(await(origin.fetch(stored.range(9_000, 1_000), TIMEOUTS)))
                .isEqualTo(Arrays.copyOfRange(object, 9_000, 10_000));
        ObjectRange beyond = new ObjectRange(uri, stored.etag(), 9_500, 1_000);
        assertThat(failure(origin.fetch(beyond, TIMEOUTS)).detail())
                .contains("bytes 9500..10499 of s3://zonecache/data/object", "500", "(expected: 1000");
        S3Objects.put(server.endpoint(), "data/object", chunk(21, 10_000));
        CacheException changed = failure(origin.fetch(stored.range(0, 1_000), TIMEOUTS));
        assertThat(changed.code()).isEqualTo(CacheErrorCode.ABSENT);
        assertThat(changed.detail()).contains("412", stored.etag(), "the object has changed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s3://bucket", "s3://bucket/", "s3:///key", "file:/key", "http://host/key"})
    void shouldRejectWhatNamesNoObject(String uri) {
        CacheException failure = failure(origin.stat(uri, TIMEOUT_MILLIS));
        assertThat(failure.code()).isEqualTo(CacheErrorCode.BAD_REQUEST);
        assertThat(failure.detail()).isEqualTo("object: \"" + uri + "\" (expected: s3://BUCKET/KEY)");
    }

    @Test
    void shouldBeFoundByItsLocation() throws Exception {
        ChunkKey key = stored(10);
        Origin named = Origins.parse("s3://zonecache/some/prefix", options().build());
        opened.add(named);
        assertThat(named.describe()).isEqualTo("s3://zonecache/some/prefix");
        assertThat(await(named.fetch(key, TIMEOUTS))).hasSize(200_000);
        try (Origin files = Origins.parse("file:/some/where", OriginOptions.defaults())) {
            assertThat(files.describe()).isEqualTo("file:/some/where");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s3:", "s3://", "s3:///prefix", "file:", "file://", "http://host/x", "bucket"})
    void shouldRejectALocationThatNamesNoPlace(String location) {
        assertThatThrownBy(() -> Origins.parse(location, options().build()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("\"" + location + "\" (expected: s3://BUCKET[/PREFIX] or file:DIR)");
    }

    @Test
    void shouldNameEveryOptionThatIsOutOfRange() {
        assertThatThrownBy(() -> OriginOptions.builder()
                        .threads(0)
                        .maxChunkBytes(1 << 30)
                        .endpoint(URI.create("ftp://host"))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("threads: 0 (expected: 1..10000)")
                .hasMessageContaining("maxChunkBytes: 1073741824 (expected: 1..16777216)")
                .hasMessageContaining("endpoint: ftp://host (expected: http://HOST[:PORT] or https://HOST[:PORT])");
    }
}
