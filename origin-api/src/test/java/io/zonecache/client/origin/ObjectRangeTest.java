package io.zonecache.client.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
}
