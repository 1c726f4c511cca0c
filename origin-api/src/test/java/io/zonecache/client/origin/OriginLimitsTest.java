package io.zonecache.client.origin;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class OriginLimitsTest {

    @Test
    void shouldNameEveryLimitThatIsOutOfRange() {
        assertThatThrownBy(() -> new OriginLimits(0, -1, 1 << 30))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("threads: 0 (expected: 1..10000); queueLength: -1 (expected: 0..1000000);"
                        + " maxChunkBytes: 1073741824 (expected: 1..16777216)");
    }
}
