package io.zonecache.chaos.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadTallyTest {

    @Test
    void shouldCountBothTogether() {
        ReadTally one =
                new ReadTally(10, 1, 1, 0, 8, 1, ReadTally.newHistogram(), ReadTally.newHistogram(), List.of("first"));
        one.micros().recordValue(1_000);
        ReadTally other =
                new ReadTally(5, 0, 0, 1, 2, 3, ReadTally.newHistogram(), ReadTally.newHistogram(), List.of("second"));
        other.micros().recordValue(9_000);
        ReadTally both = one.plus(other);
        assertThat(both.reads()).isEqualTo(15);
        assertThat(both.failed()).isEqualTo(1);
        assertThat(both.refused()).isEqualTo(1);
        assertThat(both.wrong()).isEqualTo(1);
        assertThat(both.micros().getTotalCount()).isEqualTo(2);
        assertThat(both.complaints()).containsExactly("first", "second");
        assertThat(one.micros().getTotalCount()).isEqualTo(1);
    }

    @Test
    void shouldCountWhatFailsAsNoHit() {
        ReadTally tally = ReadTally.none().withTiers(90, 5);
        assertThat(tally.hitRate()).isEqualTo(90.0 / 95);
        assertThat(new ReadTally(100, 5, 0, 0, 90, 5, ReadTally.newHistogram(), ReadTally.newHistogram(), List.of())
                        .hitRate())
                .isEqualTo(0.9);
        assertThat(ReadTally.none().hitRate()).isEqualTo(1);
    }

    @Test
    void shouldKeepAFewComplaintsOnly() {
        ReadTally tally = new ReadTally(
                99, 99, 0, 0, 0, 0, ReadTally.newHistogram(), ReadTally.newHistogram(), Collections.nCopies(99, "no"));
        assertThat(tally.plus(tally).complaints()).hasSize(ReadTally.MAX_COMPLAINTS);
    }
}
