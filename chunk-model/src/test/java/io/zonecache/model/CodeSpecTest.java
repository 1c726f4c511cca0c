package io.zonecache.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CodeSpecTest {

    @ParameterizedTest
    @CsvSource({
        "4-of-5, XOR, 4, 1",
        "1-of-1, XOR, 1, 0",
        "4-of-6, REED_SOLOMON, 4, 2",
        "reed_solomon:4-of-5, REED_SOLOMON, 4, 1",
        "XOR:2-of-3, XOR, 2, 1"
    })
    void shouldReadWhatPeopleWrite(String text, CodeName name, int data, int parity) {
        assertThat(CodeSpec.parse(text)).isEqualTo(new CodeSpec(name, data, parity));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "4", "5-of-4", "0-of-1", "33-of-34", "1-of-18", "xor:4-of-6", "raid:4-of-5", "4-of-5x"})
    void shouldRefuseTheRestAndSayWhatIsExpected(String text) {
        assertThatThrownBy(() -> CodeSpec.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("code: \"" + text
                        + "\" (expected: k-of-n such as 4-of-5, or reed_solomon:4-of-6, where k is 1..32"
                        + " and n is k..k+16, or k..k+1 after xor:)");
    }

    @ParameterizedTest
    @CsvSource({"1, 1-of-1", "2, 1-of-2", "3, 2-of-3", "4, 3-of-4", "5, 4-of-5", "6, 4-of-5", "100, 4-of-5"})
    void shouldNotDefaultToMoreStripesThanNodes(int expectedNodes, String code) {
        assertThat(CodeSpec.defaultFor(expectedNodes)).isEqualTo(CodeSpec.parse(code));
    }

    @Test
    void shouldGiveStableNumbersToErrors() {
        assertThat(CacheErrorCode.values())
                .extracting(CacheErrorCode::number)
                .doesNotHaveDuplicates()
                .isSorted();
        assertThat(new CacheException(CacheErrorCode.BUSY, "why").detail()).isEqualTo("why");
    }

    @Test
    void shouldNeverLeaseOutMoreThanTheBudgetLessTheReserve() {
        ZoneSettings settings = new ZoneSettings("z", 1, KeyScheme.SHA256, CodeSpec.parse("4-of-5"), 6, 64, 4, 100);
        for (int nodes = 0; nodes < 100; nodes++) {
            assertThat(settings.sharePerNode(nodes) * Math.max(nodes, 6)).isLessThanOrEqualTo(60);
        }
        assertThat(settings.sharePerNode(1)).isEqualTo(10);
        assertThat(settings.sharePerNode(12)).isEqualTo(5);
    }
}
