package io.zonecache.testkit.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** What every {@link S3Control} promises to a client that speaks S3. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class S3ControlContract {

    private static final int CONNECTIONS = 96;
    private static final int LATENCY_MILLIS = 200;
    private static final byte[] BYTES = new byte[300_000];

    static {
        new Random(1).nextBytes(BYTES);
    }

    private S3Control s3;
    private S3Client client;

    abstract S3Control start();

    @BeforeAll
    void startServer() {
        s3 = start();
        client = client(S3Control.SECRET_KEY);
        put("some");
    }

    @AfterAll
    void stopServer() {
        client.close();
        s3.close();
    }

    @BeforeEach
    @AfterEach
    void calm() {
        s3.setFault(S3Fault.NONE);
        s3.setLatency(S3Latency.NONE);
        await().until(() -> s3.counts().getsInFlight() == 0);
        s3.reset();
    }

    @Test
    void shouldGiveBackWhatWasPutAndCountBoth() {
        put("a/b/roundtrip");

        assertThat(get("a/b/roundtrip")).isEqualTo(BYTES);
        S3Counts counts = s3.counts();
        assertThat(counts.puts()).isEqualTo(1);
        assertThat(counts.gets()).isEqualTo(1);
        assertThat(counts.getBytes()).isEqualTo(BYTES.length);
        assertThat(counts.getsPeakInFlight()).isEqualTo(1);
        assertThat(counts.getsInFlight()).isZero();
    }

    @Test
    void shouldCountHeadsAndListsApart() {
        client.headObject(request -> request.bucket(S3Control.BUCKET).key("some"));
        client.listObjectsV2(request -> request.bucket(S3Control.BUCKET));

        assertThat(s3.counts().gets()).isZero();
        assertThat(s3.counts().others()).isEqualTo(2);
    }

    @Test
    void shouldAnswerRangesAndMatches() {
        byte[] part = client.getObjectAsBytes(
                        request -> request.bucket(S3Control.BUCKET).key("some").range("bytes=1000-1999"))
                .asByteArray();
        assertThat(part).isEqualTo(Arrays.copyOfRange(BYTES, 1000, 2000));

        assertThatThrownBy(() -> client.getObjectAsBytes(
                        request -> request.bucket(S3Control.BUCKET).key("some").ifMatch("\"other\"")))
                .isInstanceOfSatisfying(
                        S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(412));
    }

    @Test
    void shouldSayThatAnObjectIsNotThere() {
        assertThatThrownBy(() -> get("absent")).isInstanceOf(NoSuchKeyException.class);
    }

    @Test
    void shouldRefuseAWrongSecret() {
        try (S3Client stranger = client("wrong")) {
            assertThatThrownBy(() -> stranger.getObjectAsBytes(
                            request -> request.bucket(S3Control.BUCKET).key("some")))
                    .isInstanceOfSatisfying(
                            S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(403));
        }
    }

    @Test
    void shouldFailAsItIsTold() {
        assertStatus(S3Fault.SLOW_DOWN, 503, "SlowDown");
        assertStatus(S3Fault.FORBIDDEN, 403, "AccessDenied");
        assertStatus(S3Fault.INTERNAL_ERROR, 500, "InternalError");

        s3.setFault(S3Fault.RESET);
        assertThatThrownBy(() -> get("some")).isInstanceOf(SdkException.class);
        s3.setFault(S3Fault.TRUNCATED);
        assertThatThrownBy(() -> get("some")).isInstanceOf(SdkException.class);
        assertThat(s3.counts().faults()).isEqualTo(5);

        s3.setFault(S3Fault.NONE);
        assertThat(get("some")).isEqualTo(BYTES);
    }

    @Test
    void shouldAlsoFailPuts() {
        s3.setFault(S3Fault.SLOW_DOWN);
        assertThatThrownBy(() -> put("refused"))
                .isInstanceOfSatisfying(
                        S3Exception.class, e -> assertThat(e.statusCode()).isEqualTo(503));
    }

    @Test
    void shouldFlipOneBitAndKeepTheLength() {
        s3.setFault(S3Fault.WRONG_BYTES);

        byte[] wrong = get("some");

        assertThat(wrong).hasSameSizeAs(BYTES);
        int at = ByteBuffer.wrap(wrong).mismatch(ByteBuffer.wrap(BYTES));
        assertThat(wrong[at] ^ BYTES[at]).isEqualTo(1);
        wrong[at] ^= 1;
        assertThat(wrong).isEqualTo(BYTES);
    }

    @Test
    void shouldAnswerGarbage() {
        s3.setFault(S3Fault.GARBAGE);

        assertThat(new String(get("some"), StandardCharsets.UTF_8)).startsWith("<html>");
    }

    @Test
    void shouldHangUntilTheClientGivesUp() {
        s3.setFault(S3Fault.HANG);

        assertThatThrownBy(() -> client.getObjectAsBytes(request -> request.bucket(S3Control.BUCKET)
                        .key("some")
                        .overrideConfiguration(c -> c.apiCallTimeout(Duration.ofSeconds(3)))))
                .isInstanceOf(SdkException.class);

        await().until(() -> s3.counts().getsInFlight() == 0);
        assertThat(s3.counts().getsPeakInFlight()).isEqualTo(1);
    }

    @Test
    void shouldKeepItsLatencyWithManyConnections() throws Exception {
        s3.setLatency(new S3Latency(3, LATENCY_MILLIS, LATENCY_MILLIS, 1));
        ExecutorService threads = Executors.newFixedThreadPool(CONNECTIONS);
        List<Future<Long>> times = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS; i++) {
                times.add(threads.submit(() -> {
                    long start = System.nanoTime();
                    assertThat(get("some")).isEqualTo(BYTES);
                    return (System.nanoTime() - start) / 1_000_000;
                }));
            }
            for (Future<Long> time : times) {
                // Whatever a busy machine costs: waiting for each other in turn, the last would take twice that.
                assertThat(time.get()).isBetween(LATENCY_MILLIS - 5L, CONNECTIONS * LATENCY_MILLIS / 2L);
            }
        } finally {
            threads.shutdownNow();
        }
        S3Counts counts = s3.counts();
        assertThat(counts.gets()).isEqualTo(CONNECTIONS);
        assertThat(counts.getsPeakInFlight()).isBetween(CONNECTIONS / 4, CONNECTIONS);
    }

    @Test
    void shouldStartCountingAnew() {
        get("some");

        assertThat(s3.reset().gets()).isEqualTo(1);
        assertThat(s3.counts()).isEqualTo(new S3Counts(0, 0, 0, 0, 0, 0, 0));
    }

    private void assertStatus(S3Fault fault, int status, String code) {
        s3.setFault(fault);
        assertThatThrownBy(() -> get("some")).isInstanceOfSatisfying(S3Exception.class, e -> {
            assertThat(e.statusCode()).isEqualTo(status);
            assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code);
        });
    }

    private void put(String key) {
        client.putObject(request -> request.bucket(S3Control.BUCKET).key(key), RequestBody.fromBytes(BYTES));
    }

    private byte[] get(String key) {
        return client.getObjectAsBytes(
                        request -> request.bucket(S3Control.BUCKET).key(key))
                .asByteArray();
    }

    private S3Client client(String secret) {
        return S3Client.builder()
                .endpointOverride(s3.endpoint())
                .region(Region.of(S3Control.REGION))
                .forcePathStyle(true)
                .credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create(S3Control.ACCESS_KEY, secret)))
                .overrideConfiguration(c -> c.retryStrategy(retries -> retries.maxAttempts(1)))
                .httpClientBuilder(Apache5HttpClient.builder().maxConnections(CONNECTIONS))
                .build();
    }
}
