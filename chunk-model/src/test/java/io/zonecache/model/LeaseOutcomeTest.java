package io.zonecache.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class LeaseOutcomeTest {

    @Test
    void shouldReadTheOutcomesOfTheFormatAndNoneAsUnused() {
        assertThat(LeaseOutcome.parse("filled")).isEqualTo(LeaseOutcome.FILLED);
        assertThat(LeaseOutcome.parse("failed")).isEqualTo(LeaseOutcome.FAILED);
        assertThat(LeaseOutcome.parse("absent")).isEqualTo(LeaseOutcome.ABSENT);
        assertThat(LeaseOutcome.parse("denied")).isEqualTo(LeaseOutcome.DENIED);
        assertThat(LeaseOutcome.parse(null)).isEqualTo(LeaseOutcome.UNUSED);
        assertThatThrownBy(() -> LeaseOutcome.parse("FILLED"))
                .isInstanceOf(CacheException.class)
                .hasMessage("BAD_REQUEST: outcome: \"FILLED\" (expected: filled, failed, absent or denied)");
        assertThatThrownBy(() -> LeaseOutcome.parse("unused"))
                .as("said by naming none")
                .isInstanceOf(CacheException.class);
    }

    @Test
    void shouldWriteWhatItReads() {
        for (LeaseOutcome outcome : LeaseOutcome.values()) {
            assertThat(LeaseOutcome.parse(outcome.wireName())).isEqualTo(outcome);
        }
    }
}
