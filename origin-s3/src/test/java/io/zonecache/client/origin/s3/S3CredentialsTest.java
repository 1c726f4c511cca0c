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
import io.zonecache.client.origin.OriginDeniedException;
import io.zonecache.client.origin.Origins;
import io.zonecache.client.origin.StatRequest;
import io.zonecache.client.origin.s3.S3OriginOptions.StaticCredentials;
import io.zonecache.client.origin.s3.S3Stub.Answer;
import io.zonecache.client.origin.s3.S3Stub.Request;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.s3.S3Control;
import io.zonecache.testkit.s3.S3Options;
import io.zonecache.testkit.s3.S3Server;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/** Where credentials come from, and what is said when there are none. */
final class S3CredentialsTest {

    private static final byte[] CHUNK = chunk(1, 1_000);
    private static final ChunkKey KEY = ChunkKey.sha256Of(CHUNK);

    private static S3Server server;
    private static S3Stub stub;

    @TempDir
    private Path directory;

    private final AwsProperties properties = new AwsProperties();

    @BeforeAll
    static void start() {
        server = S3Server.start(S3Options.defaults());
        stub = S3Stub.start();
    }

    @AfterAll
    static void stop() {
        stub.close();
        server.close();
    }

    @BeforeEach
    void forget() {
        stub.forget();
        stub.answer(request -> Answer.of(403));
    }

    @AfterEach
    void restore() {
        properties.close();
    }

    private static S3OriginOptions.Builder atServer() {
        return S3OriginOptions.builder().endpoint(server.endpoint());
    }

    private static S3OriginOptions.Builder atStub() {
        return S3OriginOptions.builder().endpoint(stub.endpoint());
    }

    /** What the stub is asked with these options. */
    private static Request sentWith(S3OriginOptions.Builder options) {
        try (Origin origin = new S3Origin("bucket", "", options.build())) {
            failure(fetch(origin, KEY));
        }
        return stub.last();
    }

    private static void shouldStoreAndFetch(S3OriginOptions.Builder options) throws Exception {
        try (Origin origin = new S3Origin(S3Control.BUCKET, "credentials", options.build())) {
            assertThat(await(fetch(origin, store(origin, CHUNK)))).isEqualTo(CHUNK);
        }
    }

    @Test
    void shouldTakeThoseOfTheSdksChain() throws Exception {
        properties.with("aws.accessKeyId", S3Control.ACCESS_KEY).with("aws.secretAccessKey", S3Control.SECRET_KEY);
        shouldStoreAndFetch(atServer());
        properties.with("aws.secretAccessKey", "another");
        try (Origin origin = new S3Origin(S3Control.BUCKET, "", atServer().build())) {
            assertThat(failure(fetch(origin, KEY)).detail()).contains("403");
        }
    }

    @Test
    void shouldSendTheTokenOfASession() {
        Request sent = sentWith(atStub().credentials(new StaticCredentials("some-id", "some-secret", "a-token")));
        assertThat(sent.header("X-Amz-Security-Token")).isEqualTo("a-token");
    }

    @Test
    void shouldSayWhyAWebIdentityHasNoRole() throws Exception {
        Path token = Files.writeString(directory.resolve("token"), "a-web-identity");
        properties
                .with("aws.roleArn", "arn:aws:iam::123456789012:role/reader")
                .with("aws.webIdentityTokenFile", token.toString())
                .with("aws.region", "eu-west-1")
                .with("aws.endpointUrlSts", stub.endpoint().toString());
        stub.answer(request -> new Answer(
                403,
                Map.of("Content-Type", "text/xml"),
                "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>"
                        + "<Code>AccessDenied</Code><Message>Not authorized to assume the role</Message></Error>"
                        + "</ErrorResponse>"));
        try (Origin origin = new S3Origin("bucket", "", atStub().build())) {
            assertThat(failure(fetch(origin, KEY)).detail())
                    .contains("credentials: none found; WebIdentityTokenFileCredentialsProvider(): Not authorized to")
                    .doesNotContain("\n", "SystemPropertyCredentialsProvider");
        }
    }

    private static final class CountingProvider implements AwsCredentialsProvider, SdkAutoCloseable {

        private final AtomicInteger calls = new AtomicInteger();
        private final AtomicInteger closes = new AtomicInteger();

        @Override
        public AwsCredentials resolveCredentials() {
            calls.incrementAndGet();
            return new StaticCredentials(S3Control.ACCESS_KEY, S3Control.SECRET_KEY, null).resolveCredentials();
        }

        @Override
        public void close() {
            closes.incrementAndGet();
        }
    }

    @Test
    void shouldAskAGivenProviderForEachRequestAndLeaveItOpen() throws Exception {
        CountingProvider provider = new CountingProvider();
        shouldStoreAndFetch(atServer().credentials(provider));
        assertThat(provider.calls).hasValue(2);
        assertThat(provider.closes).hasValue(0);
    }

    @Test
    void shouldSignNothingIfTold() throws Exception {
        stub.answer(request -> Answer.object("content", Map.of()));
        Map<String, String> settings =
                Map.of("unsigned", "true", "endpoint", stub.endpoint().toString());
        try (Origin origin = Origins.parse("s3://bucket", settings)) {
            assertThat(await(fetch(origin, KEY))).asString().isEqualTo("content");
        }
        assertThat(stub.last().headers().names()).noneMatch("Authorization"::equalsIgnoreCase);
        assertThatThrownBy(() -> atStub().unsigned(true)
                        .credentials(new CountingProvider())
                        .build())
                .hasMessage("unsigned and credentials: both (expected: one)");
    }

    @Test
    void shouldSayInOneLineThatThereAreNone() {
        try (Origin origin = new S3Origin("bucket", "", atStub().build())) {
            CacheException none = failure(fetch(origin, KEY));
            assertThat(none.code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
            assertThat(none.detail())
                    .isEqualTo("reading chunk " + KEY + " of s3://bucket: credentials: none found (expected:"
                            + " AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile, or a role of pod, container or"
                            + " instance; or the setting unsigned=true)");
        }
    }

    /** What a provider throws is no word of S3, whatever its status. */
    @Test
    void shouldLeaveToOtherClientsWhatThisOneHasNoCredentialsFor() {
        for (RuntimeException thrown : List.of(
                new IllegalStateException("vault is sealed"),
                SdkClientException.create("role: none"),
                ofSts(400, "Throttling"),
                ofSts(400, "InvalidIdentityToken"),
                ofSts(404, "NoSuchKey"),
                ofSts(503, "SlowDown"))) {
            AwsCredentialsProvider none = () -> {
                throw thrown;
            };
            try (Origin origin =
                    new S3Origin("bucket", "", atStub().credentials(none).build())) {
                for (CacheException denied : List.of(
                        failure(fetch(origin, KEY)),
                        failure(origin.stat(StatRequest.of("s3://bucket/object", TIMEOUT_MILLIS))))) {
                    assertThat(denied).as("%s", thrown).isInstanceOf(OriginDeniedException.class);
                    assertThat(denied.detail()).contains("credentials: ").endsWith("(expected: credentials for S3)");
                }
            }
        }
        assertThat(stub.requests()).isEmpty();
    }

    private static AwsServiceException ofSts(int status, String code) {
        return AwsServiceException.builder()
                .statusCode(status)
                .message(code)
                .awsErrorDetails(AwsErrorDetails.builder()
                        .errorCode(code)
                        .errorMessage(code)
                        .build())
                .build();
    }

    @Test
    void shouldNotTakeSlowCredentialsForASilentServer() throws Exception {
        FetchRequest request = FetchRequest.ofChunk(KEY, new FetchTimeouts(300, TIMEOUT_MILLIS));
        stub.answer(sent -> Answer.object("content", Map.of()));
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                Origin other = new S3Origin("bucket", "", at(silent))) {
            // They come once a server that is asked meanwhile has been silent for too long.
            AwsCredentialsProvider slow = () -> {
                assertThat(failure(other.fetch(request)).detail()).contains("with no pause of 300 ms");
                return new StaticCredentials("some-id", "some-secret", null).resolveCredentials();
            };
            try (Origin origin =
                    new S3Origin("bucket", "", atStub().credentials(slow).build())) {
                assertThat(await(origin.fetch(request))).asString().isEqualTo("content");
            }
        }
    }

    private static S3OriginOptions at(ServerSocket socket) {
        return S3OriginOptions.builder()
                .endpoint(URI.create("http://127.0.0.1:" + socket.getLocalPort()))
                .unsigned(true)
                .build();
    }
}
