package io.zonecache.client.origin.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.model.CacheException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class S3LocationTest {

    private static final String ARN = "arn:aws:s3:eu-west-1:123456789012:accesspoint/points";

    @ParameterizedTest
    @CsvSource({
        "s3://bucket, bucket, ''",
        "s3://bucket/, bucket, ''",
        "s3://bucket/a/b, bucket, a/b",
        "s3://bucket//a, bucket, /a",
        "s3://arnold/a, arnold, a",
        "s3://" + ARN + ", " + ARN + ", ''",
        "s3://" + ARN + "/some/prefix, " + ARN + ", some/prefix",
        "s3://arn:aws-cn:s3:cn-north-1:1:accesspoint:points/a, arn:aws-cn:s3:cn-north-1:1:accesspoint:points, a",
    })
    void shouldFindBucketAndKey(String text, String bucket, String key) {
        assertThat(S3Location.ofPrefix(text)).isEqualTo(new S3Location(bucket, key));
        if (!key.isEmpty()) {
            CompletableFuture<S3Location> object = S3Location.ofObject(text, CompletableFuture::completedFuture);
            assertThat(object).isCompletedWithValue(new S3Location(bucket, key));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"arn:aws:s3:::bucket/a", "arn:aws:s3:r:1:accesspoint", "arn:aws:sqs:r:1:accesspoint/a"})
    void shouldRejectAnArnOfSomethingElse(String arn) {
        assertThatThrownBy(() -> S3Location.ofPrefix("s3://" + arn))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("location: \"s3://" + arn
                        + "\" (expected: s3://arn:PARTITION:s3:REGION:ACCOUNT:accesspoint/NAME[/PREFIX])");
    }

    @Test
    void shouldRejectAMultiRegionAccessPointWithTheReason() {
        String uri = "s3://arn:aws:s3::123456789012:accesspoint/alias.mrap/a";
        String expected = "s3://arn:PARTITION:s3:REGION:ACCOUNT:accesspoint/NAME";
        String reason = "; multi-region access points need the SDK's native code, and are not supported)";
        assertThatThrownBy(() -> S3Location.ofPrefix(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("location: \"" + uri + "\" (expected: " + expected + "[/PREFIX]" + reason);
        assertThatThrownBy(S3Location.ofObject(uri, CompletableFuture::completedFuture)::join)
                .hasCauseInstanceOf(CacheException.class)
                .hasMessageContaining("object: \"" + uri + "\" (expected: " + expected + "/KEY" + reason);
    }

    @Test
    void shouldKeepNewLinesInKeys() {
        assertThat(S3Location.ofPrefix("s3://bucket/a\nb").key()).isEqualTo("a\nb");
    }

    @Test
    void shouldReadAsItWasWritten() {
        assertThat(S3Location.ofPrefix("s3://" + ARN + "/a/b")).hasToString("s3://" + ARN + "/a/b");
        assertThat(S3Location.ofPrefix("s3://bucket")).hasToString("s3://bucket");
    }
}
