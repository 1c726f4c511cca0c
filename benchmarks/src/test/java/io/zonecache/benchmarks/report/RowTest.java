package io.zonecache.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RowTest {

    @Test
    void shouldGiveTheMedianOfTheRunsAgainstTheTarget() {
        Row low = Row.of(Goal.atMost("n", "us", 3), List.of(9.0, 1.0, 2.0));
        assertThat(low).isEqualTo(new Row("n", "us", 2, 1, 9, 3.0, true, 3));
        Row high = Row.of(Goal.atLeast("n", "1/s", 3), List.of(1.0, 2.0));
        assertThat(high).isEqualTo(new Row("n", "1/s", 1.5, 1, 2, 3.0, false, 2));
        assertThat(Row.of(Goal.none("n", "us"), List.of(1.0)).met()).isNull();
    }
}
