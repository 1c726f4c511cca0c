package io.zonecache.client.origin.s3;

import static io.zonecache.testkit.origin.OriginCalls.TIMEOUT_MILLIS;
import static io.zonecache.testkit.origin.OriginCalls.await;
import static io.zonecache.testkit.origin.OriginCalls.chunk;
import static io.zonecache.testkit.origin.OriginCalls.failure;
import static io.zonecache.testkit.origin.OriginCalls.fetch;
import static io.zonecache.testkit.origin.OriginCalls.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.Origins;
import io.zonecache.client.origin.StatRequest;
import io.zonecache.client.origin.s3.S3OriginOptions.StaticCredentials;
import io.zonecache.client.origin.s3.S3Stub.Answer;
import io.zonecache.client.origin.s3.S3Stub.Request;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes to which of Amazon's hosts. All of them are one local server, behind a proxy and with certificates of a CA of the test's own. */
final class S3AmazonHostsTest {

    private static final byte[] CHUNK = chunk(1, 100);
    private static final String BUCKET_HOST = "bucket.s3.eu-west-1.amazonaws.com";
    private static final String POINT = "arn:aws:s3:%s:123456789012:accesspoint/points";
    private static final String EXPRESS = "bucket--euw1-az1--x-s3";
    private static final String SESSION = "<CreateSessionResult><Credentials><SessionToken>session-token</SessionToken>"
            + "<SecretAccessKey>session-secret</SecretAccessKey><AccessKeyId>session-id</AccessKeyId>"
            + "<Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></CreateSessionResult>";

    private static S3Stub amazon;
    private static ConnectProxy proxy;
    private static TestCa ca;

    private final AwsProperties properties = new AwsProperties();

    @BeforeAll
    static void start(@TempDir Path directory) throws Exception {
        ca = TestCa.create(
                directory,
                "*.s3.eu-west-1.amazonaws.com",
                "*.s3.us-west-2.amazonaws.com",
                "*.s3-accesspoint.eu-west-1.amazonaws.com",
                "*.s3-accesspoint.us-west-2.amazonaws.com",
                "*.s3express-euw1-az1.eu-west-1.amazonaws.com");
        amazon = S3Stub.start(ca);
        proxy = ConnectProxy.to(amazon.port());
    }

    @AfterAll
    static void stop() {
        proxy.close();
        amazon.close();
    }

    @BeforeEach
    void forget() {
        proxy.forget();
        amazon.forget();
        amazon.answer(request -> content());
    }

    @AfterEach
    void restore() {
        properties.close();
    }

    private static Answer content() {
        return Answer.object("content", Map.of("ETag", "\"1\"", "Content-Range", "bytes 0-6/7", "Content-Length", "7"));
    }

    private static S3OriginOptions.Builder options() {
        return S3OriginOptions.builder()
                .region("eu-west-1")
                .credentials(new StaticCredentials("some-id", "some-secret", null))
                .proxy(proxy.uri())
                .caFile(ca.pem());
    }

    private static ObjectRange object(String bucket) {
        return new ObjectRange("s3://" + bucket + "/some/object", "\"1\"", 0, 7);
    }

    private static void shouldRead(Origin origin, String bucket) throws Exception {
        assertThat(await(fetch(origin, object(bucket)))).asString().isEqualTo("content");
    }

    private static List<String> hosts() {
        return amazon.requests().stream().map(Request::host).toList();
    }

    @Test
    void shouldReachABucketsHostThroughTheProxyThatItIsTold() throws Exception {
        Map<String, String> settings = Map.of(
                "region",
                "eu-west-1",
                "unsigned",
                "true",
                "proxy",
                proxy.uri().toString(),
                "caFile",
                ca.pem().toString());
        try (Origin origin = Origins.parse("s3://bucket", settings)) {
            shouldRead(origin, "bucket");
        }
        assertThat(proxy.tunnels()).containsExactly(BUCKET_HOST + ":443");
        assertThat(hosts()).containsExactly(BUCKET_HOST);
        assertThat(amazon.last().path()).isEqualTo("/some/object");
    }

    @Test
    void shouldReachABucketsHostThroughTheProxyThatTheSdkFinds() throws Exception {
        System.setProperty("http.proxyHost", "127.0.0.1");
        System.setProperty("http.proxyPort", Integer.toString(proxy.uri().getPort()));
        try (Origin origin = new S3Origin("bucket", "", options().proxy(null).build())) {
            shouldRead(origin, "bucket");
        } finally {
            System.clearProperty("http.proxyHost");
            System.clearProperty("http.proxyPort");
        }
        assertThat(proxy.tunnels()).containsExactly(BUCKET_HOST + ":443");
    }

    @Test
    void shouldTrustNoOtherAuthorityThanToldAndTheJdks() {
        try (Origin origin = new S3Origin("bucket", "", options().caFile(null).build())) {
            CacheException untrusted = failure(fetch(origin, object("bucket")));
            assertThat(untrusted.code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
            assertThat(untrusted.detail()).contains("unable to find valid certification path");
        }
        assertThat(amazon.requests()).isEmpty();
    }

    @Test
    void shouldSayWhatIsWrongWithProxyAndTrust(@TempDir Path directory) throws Exception {
        for (String wrong : List.of("https://host:1", "http://host", "host:1", "http://me:secret@host:1")) {
            assertThatThrownBy(() -> options().proxy(URI.create(wrong)).build())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("proxy: ")
                    .hasMessageEndingWith(" (expected: http://HOST:PORT)")
                    .hasMessageNotContaining("secret");
        }
        Path empty = Files.createFile(directory.resolve("empty"));
        Path text = Files.writeString(directory.resolve("text"), "no certificate");
        for (Path wrong : List.of(empty, text, directory.resolve("none"))) {
            S3OriginOptions options = options().caFile(wrong).build();
            assertThatThrownBy(() -> new S3Origin("bucket", "", options))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageStartingWith("caFile: " + wrong)
                    .hasMessageNotContaining("Exception")
                    .hasMessageEndingWith(" (expected: a PEM file of CA certificates)");
        }
    }

    @Test
    void shouldStoreInAPlainBodyOverTlsToo() throws Exception {
        try (Origin origin = new S3Origin("bucket", "", options().build())) {
            store(origin, CHUNK);
        }
        Request sent = amazon.last();
        assertThat(sent.body().getBytes()).isEqualTo(CHUNK);
        assertThat(sent.header("Content-Length")).isEqualTo("100");
        assertThat(sent.headers().names()).noneMatch("Content-Encoding"::equalsIgnoreCase);
    }

    private static Answer onlyInOregon(Request request) {
        return request.host().contains("us-west-2")
                ? content()
                : Answer.error(301, "PermanentRedirect", Map.of("x-amz-bucket-region", "us-west-2"));
    }

    @Test
    void shouldFollowABucketToItsRegionAndRemember() throws Exception {
        amazon.answer(S3AmazonHostsTest::onlyInOregon);
        String there = "bucket.s3.us-west-2.amazonaws.com";
        try (Origin origin = new S3Origin("bucket", "", options().build())) {
            shouldRead(origin, "bucket");
            assertThat(hosts()).containsExactly(BUCKET_HOST, there);
            assertThat(await(origin.stat(StatRequest.of(object("bucket").uri(), TIMEOUT_MILLIS)))
                            .lengthBytes())
                    .isEqualTo(7);
            store(origin, CHUNK);
            assertThat(hosts()).containsExactly(BUCKET_HOST, there, there, there);
            assertThat(amazon.last().header("Authorization")).contains("/us-west-2/s3/");
        }
    }

    @Test
    void shouldNotFollowABucketIfTold() {
        amazon.answer(S3AmazonHostsTest::onlyInOregon);
        try (Origin origin =
                new S3Origin("bucket", "", options().crossRegion(false).build())) {
            assertThat(failure(fetch(origin, object("bucket"))).detail())
                    .contains("301", "the bucket is in us-west-2, which the setting region should name");
        }
        assertThat(hosts()).containsExactly(BUCKET_HOST);
    }

    @Test
    void shouldUseAccessPointsForChunksAndObjectsInTheirRegion() throws Exception {
        String here = String.format(Locale.ROOT, POINT, "eu-west-1");
        String elsewhere = String.format(Locale.ROOT, POINT, "us-west-2");
        try (Origin origin = S3Origin.open("s3://" + here + "/prefix", options().build())) {
            assertThat(origin.describe()).isEqualTo("s3://" + here + "/prefix");
            ChunkKey key = store(origin, CHUNK);
            assertThat(hosts()).containsExactly("points-123456789012.s3-accesspoint.eu-west-1.amazonaws.com");
            assertThat(amazon.last().path()).startsWith("/prefix/").endsWith(key.toHex());
            shouldRead(origin, elsewhere);
            assertThat(amazon.last().host()).isEqualTo("points-123456789012.s3-accesspoint.us-west-2.amazonaws.com");
            assertThat(amazon.last().path()).isEqualTo("/some/object");
            assertThat(amazon.last().header("Authorization")).contains("/us-west-2/s3/");
        }
    }

    @Test
    void shouldSayThatAnAccessPointHasNoPlaceInThePath() {
        try (Origin origin =
                new S3Origin("bucket", "", options().pathStyle(true).build())) {
            CacheException failure = failure(fetch(origin, object(String.format(Locale.ROOT, POINT, "eu-west-1"))));
            assertThat(failure.code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
            assertThat(failure.detail()).contains("Path-style addressing cannot be used with ARN buckets");
        }
    }

    @Test
    void shouldReadAndWriteADirectoryBucketOfS3ExpressInASession() throws Exception {
        amazon.answer(request -> "session".equals(request.query()) ? new Answer(200, Map.of(), SESSION) : content());
        String host = EXPRESS + ".s3express-euw1-az1.eu-west-1.amazonaws.com";
        try (Origin origin = S3Origin.open("s3://" + EXPRESS, options().build())) {
            store(origin, CHUNK);
            assertThat(amazon.last().body().toString(StandardCharsets.ISO_8859_1))
                    .isEqualTo(new String(CHUNK, StandardCharsets.ISO_8859_1));
            shouldRead(origin, EXPRESS);
            assertThat(await(origin.stat(StatRequest.of(object(EXPRESS).uri(), TIMEOUT_MILLIS)))
                            .etag())
                    .isEqualTo("\"1\"");
        }
        assertThat(hosts()).as("one session").containsExactly(host, host, host, host);
        assertThat(amazon.requests().subList(1, 4)).allSatisfy(sent -> {
            assertThat(sent.header("x-amz-s3session-token")).isEqualTo("session-token");
            assertThat(sent.header("Authorization")).contains("Credential=session-id/", "/s3express/aws4_request");
        });
    }
}
