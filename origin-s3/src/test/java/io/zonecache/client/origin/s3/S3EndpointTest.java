package io.zonecache.client.origin.s3;

import static io.zonecache.testkit.origin.OriginCalls.await;
import static io.zonecache.testkit.origin.OriginCalls.chunk;
import static io.zonecache.testkit.origin.OriginCalls.failure;
import static io.zonecache.testkit.origin.OriginCalls.fetch;
import static io.zonecache.testkit.origin.OriginCalls.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.s3.S3OriginOptions.StaticCredentials;
import io.zonecache.client.origin.s3.S3Stub.Request;
import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.s3.S3Control;
import io.zonecache.testkit.s3.S3Options;
import io.zonecache.testkit.s3.S3Server;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which server and region are asked, and where the bucket stands. */
final class S3EndpointTest {

    private static final byte[] CHUNK = chunk(1, 1_000);
    private static final ChunkKey KEY = ChunkKey.sha256Of(CHUNK);
    private static final String NAME = KEY.toHex().substring(0, 2) + "/" + KEY.toHex();

    private static S3Stub stub;

    private final AwsProperties properties = new AwsProperties();

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
    }

    @AfterEach
    void restore() {
        properties.close();
    }

    private static S3OriginOptions.Builder options() {
        return S3OriginOptions.builder().credentials(new StaticCredentials("some-id", "some-secret", null));
    }

    private static S3OriginOptions.Builder atStub() {
        return options().endpoint(stub.endpoint());
    }

    private static Request sentWith(String prefix, S3OriginOptions.Builder options) {
        try (Origin origin = new S3Origin("bucket", prefix, options.build())) {
            failure(fetch(origin, KEY));
        }
        return stub.last();
    }

    @Test
    void shouldSignForItsRegion() {
        assertThat(sentWith("", atStub()).header("Authorization")).contains("/us-east-1/s3/aws4_request");
        assertThat(sentWith("", atStub().region("eu-west-3")).header("Authorization"))
                .contains("Credential=some-id/")
                .contains("/eu-west-3/s3/aws4_request");
    }

    @Test
    void shouldTakeTheRegionOfTheSdksChainWithoutAnEndpoint() {
        properties.with("aws.region", "eu-central-1");
        assertThatCode(() -> new S3Origin("bucket", "", options().build()).close())
                .doesNotThrowAnyException();
    }

    @Test
    void shouldTakeTheRegionOfTheSdksChainWithAnEndpointToo(@TempDir Path directory) throws Exception {
        Path profile = Files.writeString(directory.resolve("config"), "[default]\nregion = eu-north-1\n");
        properties.with("aws.configFile", profile.toString());
        assertThat(sentWith("", atStub()).header("Authorization")).contains("/eu-north-1/s3/aws4_request");
        properties.with("aws.region", "eu-central-1");
        assertThat(sentWith("", atStub()).header("Authorization")).contains("/eu-central-1/s3/aws4_request");
        assertThat(sentWith("", atStub().region("eu-west-3")).header("Authorization"))
                .contains("/eu-west-3/s3/aws4_request");
    }

    @Test
    void shouldSayInOneLineThatNoRegionIsKnown() {
        assertThatThrownBy(() -> S3Origin.open("s3://bucket/a", S3OriginOptions.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("region: none found (expected: the setting region, AWS_REGION, or one in the profile)");
    }

    @Test
    void shouldNameTheBucketInThePathOrInTheHost() {
        Request byDefault = sentWith("", atStub());
        assertThat(byDefault.path()).isEqualTo("/bucket/" + NAME);
        assertThat(byDefault.host()).isEqualTo("localhost:" + stub.port());
        S3OriginOptions inHost = options()
                .endpoint(URI.create("http://s3.invalid"))
                .pathStyle(false)
                .build();
        try (Origin origin = new S3Origin("bucket", "", inHost)) {
            assertThat(failure(fetch(origin, KEY)).detail()).contains("bucket.s3.invalid");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"aws.endpointUrl", "aws.endpointUrlS3"})
    void shouldNameTheBucketInThePathAtAnEndpointThatTheSdkFinds(String property) {
        properties.with(property, stub.endpoint().toString()).with("aws.region", "eu-west-3");
        Request sent = sentWith("", options());
        assertThat(sent.path()).isEqualTo("/bucket/" + NAME);
        assertThat(sent.header("Authorization")).contains("/eu-west-3/s3/aws4_request");
        assertThat(sent.header("User-Agent")).as("redirects").doesNotContain("cross-region");
    }

    @Test
    void shouldNameTheBucketInThePathAtAnEndpointOfTheProfile(@TempDir Path directory) throws Exception {
        Path profile = Files.writeString(
                directory.resolve("config"), "[default]\nregion = eu-west-3\nendpoint_url = " + stub.endpoint() + "\n");
        properties.with("aws.configFile", profile.toString());
        assertThat(sentWith("", options()).path()).isEqualTo("/bucket/" + NAME);
    }

    @Test
    void shouldNameTheBucketInTheHostOfAFoundEndpointIfTold() {
        properties.with("aws.endpointUrlS3", "http://s3.invalid").with("aws.region", "eu-west-3");
        try (Origin origin =
                new S3Origin("bucket", "", options().pathStyle(false).build())) {
            assertThat(failure(fetch(origin, KEY)).detail()).contains("bucket.s3.invalid");
        }
    }

    @Test
    void shouldPreferItsOwnEndpoint() {
        properties.with("aws.endpointUrlS3", "http://s3.invalid");
        assertThat(sentWith("", atStub()).path()).isEqualTo("/bucket/" + NAME);
    }

    @Test
    void shouldServeChunksFromAnEndpointThatTheSdkFinds() throws Exception {
        try (S3Server server = S3Server.start(S3Options.defaults())) {
            properties
                    .with("aws.endpointUrlS3", server.endpoint().toString())
                    .with("aws.region", S3Control.REGION)
                    .with("aws.accessKeyId", S3Control.ACCESS_KEY)
                    .with("aws.secretAccessKey", S3Control.SECRET_KEY);
            try (Origin origin = new S3Origin(S3Control.BUCKET, "found", S3OriginOptions.defaults())) {
                assertThat(await(fetch(origin, store(origin, CHUNK)))).isEqualTo(CHUNK);
            }
        }
    }

    @Test
    void shouldPutThePrefixBeforeTheLayoutHoweverItIsSlashed() {
        for (String prefix : List.of("a/b", "/a/b", "a/b/", "//a/b//")) {
            assertThat(sentWith(prefix, atStub()).path()).isEqualTo("/bucket/a/b/" + NAME);
        }
        assertThat(sentWith("/", atStub()).path()).isEqualTo("/bucket/" + NAME);
    }
}
