package io.zonecache.client.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import org.junit.jupiter.api.Test;

final class ObjectRangeTest {

    private static ObjectRange range(long offsetBytes, int lengthBytes) {
        return new ObjectRange("s3://bucket/key", "\"etag\"", offsetBytes, lengthBytes);
    }

    @Test
    void shouldEndBelowTheLargestOffset() {
        assertThat(range(Long.MAX_VALUE - 10, 10).lastByteOffset()).isEqualTo(Long.MAX_VALUE - 1);
    }

    @Test
    void shouldRefuseARangeWhoseEndOverflows() {
        assertThatThrownBy(() -> range(Long.MAX_VALUE - 9, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("range of s3://bucket/key: 10 bytes from 9223372036854775798"
                        + " (expected: 1..16777216 bytes from 0 or more, with an end below 2^63)");
    }

    @Test
    void shouldTellVersionsAndCustomerKeysApart() {
        StoredObject object = new StoredObject("s3://bucket/key", "\"etag\"", 100);
        StoredObject version = new StoredObject("s3://bucket/key", "\"etag\"", 100, "v1", null);
        StoredObject encrypted = new StoredObject("s3://bucket/key", "\"etag\"", 100, null, "00".repeat(32));
        assertThat(object.range(0, 10)).isEqualTo(range(0, 10));
        assertThat(version.range(0, 10)).hasToString("bytes 0..9 of s3://bucket/key with ETag \"etag\", version v1");
        assertThat(Set.of(
                        object.range(0, 10).key(),
                        version.range(0, 10).key(),
                        encrypted.range(0, 10).key()))
                .hasSize(3);
    }
}
