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
import io.zonecache.client.origin.StatRequest;
import io.zonecache.client.origin.s3.S3OriginOptions.StaticCredentials;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.s3.S3Control;
import io.zonecache.testkit.s3.S3Fault;
import io.zonecache.testkit.s3.S3Options;
import io.zonecache.testkit.s3.S3Server;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** An S3 client of the program's own, below the origin. */
final class S3GivenClientTest {

    private static final byte[] CHUNK = chunk(1, 1_000);

    private static S3Server server;
    private static S3Client client;

    private final Origin origin = open();

    @BeforeAll
    static void start() {
        server = S3Server.start(S3Options.defaults());
        client = S3Client.builder()
                .httpClient(Apache5HttpClient.create())
                .endpointOverride(server.endpoint())
                .region(Region.of(S3Control.REGION))
                .forcePathStyle(true)
                .credentialsProvider(new StaticCredentials(S3Control.ACCESS_KEY, S3Control.SECRET_KEY, null))
                .overrideConfiguration(override -> override.retryStrategy(AwsRetryStrategy.doNotRetry()))
                .build();
    }

    @AfterAll
    static void stop() {
        client.close();
        server.close();
    }

    private static Origin open() {
        S3OriginOptions options = S3OriginOptions.builder()
                .client(client)
                .limits(OriginLimits.DEFAULT.withThreads(1))
                .build();
        return new S3Origin(S3Control.BUCKET, "given", options);
    }

    @AfterEach
    void mend() {
        server.setFault(S3Fault.NONE);
        origin.close();
    }

    @Test
    void shouldServeTheOriginAndStayOpen() throws Exception {
        ChunkKey key = store(origin, CHUNK);
        assertThat(await(fetch(origin, key))).isEqualTo(CHUNK);
        String uri = "s3://" + S3Control.BUCKET + "/given/" + key.toHex().substring(0, 2) + "/" + key.toHex();
        assertThat(await(origin.stat(StatRequest.of(uri, TIMEOUT_MILLIS))).lengthBytes())
                .isEqualTo(CHUNK.length);
        origin.close();
        assertThat(client.listBuckets().buckets()).isNotEmpty();
    }

    @Test
    void shouldFreeItsThreadWhenACallTakesTooLong() throws Exception {
        ChunkKey key = store(origin, CHUNK);
        String uri = "s3://" + S3Control.BUCKET + "/object";
        server.setFault(S3Fault.HANG);
        assertThat(failure(origin.fetch(FetchRequest.ofChunk(key, FetchTimeouts.of(200))))
                        .code())
                .isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        assertThat(failure(origin.fetch(FetchRequest.ofChunk(key, new FetchTimeouts(200, TIMEOUT_MILLIS))))
                        .code())
                .isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        assertThat(failure(origin.stat(StatRequest.of(uri, 200))).code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        assertThat(failure(origin.store(key, ByteBuffer.wrap(CHUNK), 200)).code())
                .isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        Awaitility.await().until(() -> server.counts().getsInFlight() == 0);
        server.setFault(S3Fault.NONE);
        assertThat(await(fetch(origin, key))).as("on the only thread").isEqualTo(CHUNK);
    }

    @Test
    void shouldRejectWhatTheClientHasToSetItself() {
        assertThatThrownBy(() -> S3OriginOptions.builder()
                        .client(client)
                        .region("eu-west-1")
                        .caFile(Path.of("ca.pem"))
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("client: given with [caFile, region] (expected: these set at the client)");
    }
}
