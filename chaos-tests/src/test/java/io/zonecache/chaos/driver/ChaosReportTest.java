package io.zonecache.chaos.driver;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.chaos.report.Timeline;
import io.zonecache.chaos.scenario.Verdict;
import io.zonecache.chaos.scenario.Verdict.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChaosReportTest {

    private static final Verdict HELD =
            new Verdict("kill", "no failed read", Outcome.HELD, 12.3, 1_234, 0, 3, List.of("hits 100 %"));
    private static final Verdict NOT_RUN =
            new Verdict("clock", "nothing expires", Outcome.NOT_RUN, 0, 0, 0, 0, List.of("no libfaketime"));

    @Test
    void shouldHoldOnlyIfSomethingWasTriedAndNothingBroke() {
        Verdict broken = Verdict.broken("freeze", "no failed read", new AssertionError("one failed"));
        assertThat(new ChaosReport(7, List.of(HELD, NOT_RUN)).held()).isTrue();
        assertThat(new ChaosReport(7, List.of(HELD, broken)).held()).isFalse();
        assertThat(new ChaosReport(7, List.of(NOT_RUN)).held()).isFalse();
        assertThat(new ChaosReport(7, List.of(HELD, broken)).summary())
                .contains("1 trials held, 1 broken", "seed 7", "FAILED");
    }

    @Test
    void shouldLeaveATableAndAPicture(@TempDir Path directory) throws IOException {
        new ChaosReport(7, List.of(HELD, NOT_RUN)).write(directory.resolve("report"), new Timeline());
        assertThat(Files.readString(directory.resolve("report/report.md")))
                .contains("| kill | HELD | 12 | 1,234 | 0 | 3 | no failed read |", "hits 100 %", "no libfaketime");
        assertThat(directory.resolve("report/timeline.svg")).exists();
    }
}
