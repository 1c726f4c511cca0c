package io.zonecache.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class LeaseNonceTest {

    @Test
    void shouldReadWhatItWrites() {
        for (long bits : new long[] {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 0x0123456789abcdefL}) {
            LeaseNonce nonce = new LeaseNonce(bits);
            assertThat(nonce.toString()).hasSize(16);
            assertThat(LeaseNonce.parse(nonce.toString())).isEqualTo(nonce);
        }
        assertThat(new LeaseNonce(0x0123456789abcdefL)).hasToString("0123456789abcdef");
    }

    @Test
    void shouldDrawAnotherOneEachTime() {
        Random random = new Random(1);
        assertThat(LeaseNonce.random(random)).isNotEqualTo(LeaseNonce.random(random));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0",
                "0123456789ABCDEF",
                "0123456789abcde",
                "0123456789abcdef0",
                "0123456789abcdeg",
                "+123456789abcdef"
            })
    void shouldRefuseWhatIsNot16LowerCaseHexDigits(String text) {
        assertThatThrownBy(() -> LeaseNonce.parse(text))
                .isInstanceOf(CacheException.class)
                .hasMessage("BAD_REQUEST: nonce: \"" + text + "\" (expected: 16 lower-case hex digits)");
    }
}
