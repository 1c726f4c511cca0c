package io.zonecache.client.origin.s3;

import static io.zonecache.testkit.origin.OriginCalls.TIMEOUT_MILLIS;
import static io.zonecache.testkit.origin.OriginCalls.chunk;
import static io.zonecache.testkit.origin.OriginCalls.failure;
import static io.zonecache.testkit.origin.OriginCalls.fetch;
import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.origin.FetchRequest;
import io.zonecache.client.origin.FetchTimeouts;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginDeniedException;
import io.zonecache.client.origin.OriginRefusedException;
import io.zonecache.client.origin.StatRequest;
import io.zonecache.client.origin.s3.S3OriginOptions.StaticCredentials;
import io.zonecache.client.origin.s3.S3Stub.Answer;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.process.Ports;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What unusual answers become: what came, what was expected, and what to do. */
final class S3AnswersTest {

    private static final String URI = "s3://other/data/object";
    private static final ObjectRange RANGE = new ObjectRange(URI, "\"1\"", 0, 7);
    private static final ObjectRange OF_VERSION = new ObjectRange(URI, "\"1\"", 0, 7, "v1", null);
    private static final StatRequest STAT = StatRequest.of(URI, TIMEOUT_MILLIS);

    private static S3Stub stub;
    private static Origin origin;

    @BeforeAll
    static void start() {
        stub = S3Stub.start();
        S3OriginOptions options = S3OriginOptions.builder()
                .endpoint(stub.endpoint())
                .credentials(new StaticCredentials("some-id", "some-secret", null))
                .build();
        origin = new S3Origin("bucket", "prefix", options);
    }

    @AfterAll
    static void stop() {
        origin.close();
        stub.close();
    }

    @BeforeEach
    void forget() {
        stub.forget();
    }

    private static void answer(Answer answer) {
        stub.answer(request -> answer);
    }

    @Test
    void shouldSayThatAStateLacksETagOrLength() {
        answer(Answer.of(200, Map.of("Content-Length", "7")));
        CacheException noETag = failure(origin.stat(STAT));
        assertThat(noETag).isInstanceOf(OriginRefusedException.class);
        assertThat(noETag.detail())
                .isEqualTo("asking for the state of " + URI
                        + ": ETag none, Content-Length 7 (expected: both; without them a server's"
                        + " objects can't be read in ranges)");
        answer(Answer.of(200, Map.of("ETag", "", "Content-Length", "7")));
        assertThat(failure(origin.stat(STAT))).isInstanceOf(OriginRefusedException.class);
        answer(Answer.of(200, Map.of("ETag", "\"1\"", "Transfer-Encoding", "chunked")));
        assertThat(failure(origin.stat(STAT)).detail()).contains("ETag \"1\", Content-Length none (expected: both");
    }

    @Test
    void shouldNotCallAnObjectChangedWhoseETagIsNotSent() {
        answer(Answer.object("content", Map.of("Content-Range", "bytes 0-6/7")));
        CacheException failure = failure(fetch(origin, RANGE));
        assertThat(failure).isInstanceOf(OriginRefusedException.class);
        assertThat(failure.detail())
                .contains("no ETag (expected: the one asked for")
                .doesNotContain("has changed");
    }

    @Test
    void shouldNameTheRegionOfABucketThatIsElsewhere() {
        Map<String, String> region = Map.of("x-amz-bucket-region", "eu-west-3");
        answer(Answer.error(301, "PermanentRedirect", region));
        for (CacheException moved : new CacheException[] {failure(fetch(origin, RANGE)), failure(origin.stat(STAT))}) {
            assertThat(moved).isInstanceOf(OriginRefusedException.class);
            assertThat(moved.detail())
                    .contains("301", "expected: 200; the bucket is in eu-west-3, which the setting region should name");
        }
        answer(Answer.error(400, "AuthorizationHeaderMalformed", region));
        for (CacheException moved : new CacheException[] {failure(fetch(origin, RANGE)), failure(origin.stat(STAT))}) {
            assertThat(moved).isInstanceOf(OriginDeniedException.class);
            assertThat(moved.detail()).contains("400", "the bucket is in eu-west-3");
        }
        answer(Answer.error(301, "PermanentRedirect", Map.of()));
        assertThat(failure(fetch(origin, RANGE)).detail()).contains("the bucket is in another region");
    }

    @Test
    void shouldNameThePermissionThatARefusalMayBeFor() {
        answer(Answer.error(403, "AccessDenied", Map.of()));
        for (CacheException refused :
                new CacheException[] {failure(fetch(origin, RANGE)), failure(origin.stat(STAT))}) {
            assertThat(refused).isInstanceOf(OriginRefusedException.class);
            assertThat(refused.detail())
                    .contains(
                            "403",
                            "the credentials need s3:GetObject for the object, and s3:ListBucket, without which"
                                    + " S3 answers the same for one that does not exist");
        }
        assertThat(failure(fetch(origin, OF_VERSION)).detail())
                .contains("s3:GetObjectVersion", "s3:ListBucketVersions");
        byte[] chunk = chunk(1, 10);
        CacheException written =
                failure(origin.store(ChunkKey.sha256Of(chunk), ByteBuffer.wrap(chunk), TIMEOUT_MILLIS));
        assertThat(written.detail()).contains("s3:PutObject").doesNotContain("s3:GetObject");
        answer(Answer.error(403, "SignatureDoesNotMatch", Map.of()));
        assertThat(failure(fetch(origin, RANGE)).detail()).doesNotContain("s3:GetObject");
    }

    @ParameterizedTest
    @CsvSource({
        "404, NoSuchVersion, false, ABSENT",
        "404, NoSuchKey, true, ABSENT",
        "405, MethodNotAllowed, true, ABSENT",
        "405, MethodNotAllowed, false, ORIGIN_FAILED",
        "400, InvalidArgument, false, ORIGIN_FAILED"
    })
    void shouldTellADeletedVersionFromOneThatCannotBeAskedFor(
            int status, String code, boolean isDeleted, CacheErrorCode expected) {
        answer(Answer.error(status, code, isDeleted ? Map.of("x-amz-delete-marker", "true") : Map.of()));
        assertThat(failure(fetch(origin, OF_VERSION)).code()).isEqualTo(expected);
        CacheErrorCode stat =
                failure(origin.stat(new StatRequest(URI, "v1", TIMEOUT_MILLIS))).code();
        assertThat(stat).isEqualTo(expected);
    }

    @Test
    void shouldNameTheBucketOfTheObject() {
        answer(Answer.error(404, "NoSuchBucket", Map.of()));
        assertThat(failure(fetch(origin, RANGE)).detail())
                .contains("reading bytes 0..6 of " + URI, "404 NoSuchBucket")
                .doesNotContain("s3://bucket");
        ChunkKey key = ChunkKey.sha256Of(chunk(1, 10));
        assertThat(failure(fetch(origin, key)).detail())
                .contains("reading chunk " + key + " of s3://bucket/prefix: 404");
        answer(Answer.object("more than that", Map.of("ETag", "\"1\"")));
        assertThat(failure(fetch(origin, RANGE)).detail()).contains(URI).doesNotContain("s3://bucket");
        answer(Answer.object("content", Map.of("ETag", "\"2\"")));
        assertThat(failure(fetch(origin, RANGE)).detail())
                .contains(URI, "the object has changed")
                .doesNotContain("s3://bucket");
    }

    @Test
    void shouldNameTheBucketOfTheObjectThatTakesTooLong() {
        stub.hold();
        CacheException late = failure(origin.fetch(FetchRequest.ofRange(RANGE, FetchTimeouts.of(200))));
        assertThat(late.detail())
                .contains("reading bytes 0..6 of " + URI, "no answer from S3 (expected: within 200 ms")
                .doesNotContain("s3://bucket");
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
            http://%1$s:9000      | (UnknownHostException)
            http://127.0.0.1:%2$s | Connection refused (HttpHostConnectException)
            """, delimiter = '|')
    void shouldSayWhyAServerCannotBeReached(String endpoint, String reason) {
        // Too long for a label, so that no resolver is asked.
        String unknown = "n".repeat(64);
        S3OriginOptions options = S3OriginOptions.builder()
                .endpoint(java.net.URI.create(String.format(Locale.ROOT, endpoint, unknown, Ports.free())))
                .unsigned(true)
                .build();
        try (Origin nowhere = new S3Origin("bucket", "", options)) {
            assertThat(failure(nowhere.stat(STAT)).detail())
                    .endsWith(String.format(Locale.ROOT, reason, unknown, "") + " (expected: an answer of S3)");
        }
    }

    @Test
    void shouldTakeAPlain503ToARequestWithoutABodyForSlowDown() {
        answer(Answer.error(503, "SlowDown", Map.of()));
        assertThat(failure(origin.stat(STAT)).code()).isEqualTo(CacheErrorCode.ORIGIN_LIMIT);
        assertThat(failure(fetch(origin, RANGE)).code()).isEqualTo(CacheErrorCode.ORIGIN_LIMIT);
        answer(Answer.error(503, "ServiceUnavailable", Map.of()));
        assertThat(failure(fetch(origin, RANGE)).code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
    }

    @Test
    void shouldRefuseAWeakETagWhichNoRangeCouldBeReadBy() {
        answer(Answer.of(200, Map.of("ETag", "W/\"1\"", "Content-Length", "7")));
        CacheException weak = failure(origin.stat(STAT));
        assertThat(weak).isInstanceOf(OriginRefusedException.class);
        assertThat(weak.detail()).contains("ETag W/\"1\" (expected: a strong one;");
    }

    @Test
    void shouldSayThatAnObjectIsArchivedAndLetNoOtherClientTry() {
        answer(Answer.error(403, "InvalidObjectState", Map.of()));
        CacheException archived = failure(fetch(origin, RANGE));
        assertThat(archived).isInstanceOf(OriginRefusedException.class).isNotInstanceOf(OriginDeniedException.class);
        assertThat(archived.detail()).contains("the object is archived: restore it first");
    }

    @Test
    void shouldLetOtherClientsTryWhatLacksTheCustomerKey() {
        answer(Answer.error(400, "InvalidRequest", Map.of()));
        assertThat(failure(fetch(origin, RANGE))).isNotInstanceOf(OriginDeniedException.class);
        String body = "<Error><Code>InvalidRequest</Code><Message>The object was stored using a form of Server Side"
                + " Encryption.</Message></Error>";
        answer(new Answer(400, Map.of("Content-Type", "application/xml"), body));
        assertThat(failure(fetch(origin, RANGE))).isInstanceOf(OriginDeniedException.class);
    }

    @Test
    void shouldQuoteOneShortLineOfWhatAServerSays() {
        String message = "one " + "x".repeat(1_000) + "\nINFO a forged line";
        String body = "<Error><Code>InternalError</Code><Message>" + message + "</Message></Error>";
        answer(new Answer(500, Map.of("Content-Type", "application/xml"), body));
        assertThat(failure(fetch(origin, RANGE)).detail())
                .hasSizeLessThan(600)
                .contains("500 InternalError: one xxx", "xxx... (expected: ")
                .doesNotContain("forged")
                .hasLineCount(1);
    }
}
