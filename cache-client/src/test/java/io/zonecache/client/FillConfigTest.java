package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FillConfigTest {

    @Test
    void shouldHaveTheDocumentedDefaults() {
        assertThat(FillConfig.defaults()).isEqualTo(FillConfig.builder().build());
        assertThat(FillConfig.defaults().originLimit()).isEqualTo(16);
        assertThat(FillConfig.defaults().attemptMillis()).isEqualTo(2_000);
        assertThat(FillConfig.singleAttempt().attemptMillis())
                .isEqualTo(FillConfig.defaults().totalMillis());
    }

    @Test
    void shouldNameEverySettingThatIsOutOfRange() {
        assertThatThrownBy(() -> FillConfig.builder()
                        .originLimit(0)
                        .leaseWaitMillis(2_001)
                        .totalMillis(1)
                        .retryRatio(Double.NaN)
                        .build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("fill.originLimit: 0 (expected: 1..10000);"
                        + " fill.leaseWaitMillis: 2001 (expected: 0..2000);"
                        + " fill.totalMillis: 1 (expected: 2000..60000);"
                        + " fill.retryRatio: NaN (expected: 0..1)");
    }

    @Test
    void shouldRejectTheSameValuesWithoutABuilder() {
        assertThatThrownBy(() -> new FillConfig(
                        16, false, 1_024, 2_000, 2_000, 2_000, 3_900, 2_000, 500, 5_000, 0, 0, 1L << 20, 0.1, 0.05))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("fill.maxChunkBytes: 0 (expected: 1..");
    }
}
