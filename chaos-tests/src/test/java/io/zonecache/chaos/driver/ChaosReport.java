package io.zonecache.chaos.driver;

import io.zonecache.chaos.report.Timeline;
import io.zonecache.chaos.report.TimelineSvg;
import io.zonecache.chaos.scenario.Verdict;
import io.zonecache.chaos.scenario.Verdict.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** What a run leaves: a table with each trial's figures, and a picture. */
final class ChaosReport {

    private final long seed;
    private final List<Verdict> verdicts;

    ChaosReport(long seed, List<Verdict> verdicts) {
        this.seed = seed;
        this.verdicts = verdicts;
    }

    void write(Path directory, Timeline timeline) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("timeline.svg"), TimelineSvg.draw(timeline));
        Files.writeString(directory.resolve("report.md"), table());
        System.out.println("report: " + directory.resolve("report.md").toAbsolutePath());
    }

    /** Whether something was tried, and all that was tried held. */
    boolean held() {
        return count(Outcome.BROKEN) == 0 && count(Outcome.HELD) > 0;
    }

    /** One line. */
    String summary() {
        long reads = verdicts.stream().mapToLong(Verdict::reads).sum();
        return String.format(
                Locale.ROOT,
                "chaos: %d trials held, %d broken, %d not run; %,d reads, each byte checked; seed %d: %s",
                count(Outcome.HELD),
                count(Outcome.BROKEN),
                count(Outcome.NOT_RUN),
                reads,
                seed,
                held() ? "held" : "FAILED");
    }

    private String table() {
        StringBuilder text = new StringBuilder(
                "# Chaos, seed " + seed + "\n\n" + summary()
                        + "\n\n![what happened when](timeline.svg)\n\n| scenario | outcome | s | reads | failed | origin peak | promise |\n|---|---|---|---|---|---|---|\n");
        for (Verdict verdict : verdicts) {
            text.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %.0f | %,d | %,d | %d | %s |%n",
                    verdict.scenario(),
                    verdict.outcome(),
                    verdict.seconds(),
                    verdict.reads(),
                    verdict.failed(),
                    verdict.originPeak(),
                    verdict.promise()));
        }
        for (Verdict verdict : verdicts) {
            text.append("\n## ").append(verdict.scenario()).append("\n\n```\n");
            verdict.figures().forEach(figure -> text.append(figure).append('\n'));
            text.append("```\n");
        }
        return text.toString();
    }

    private long count(Outcome outcome) {
        return verdicts.stream().filter(verdict -> verdict.outcome() == outcome).count();
    }
}
