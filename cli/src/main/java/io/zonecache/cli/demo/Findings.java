package io.zonecache.cli.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Holds the outcome against what zonecache promises, and says it in words. */
final class Findings {

    private static final Map<String, String> EVENTS = Map.of(
            "warm", "nothing happens to the zone",
            "frozen", "a node of six freezes with its connections open",
            "killed", "a node of six is killed",
            "back", "the killed node comes back with its disk");

    private final DemoReport report;
    private final List<String> broken = new ArrayList<>();
    private final List<String> words = new ArrayList<>();

    private Findings(DemoReport report) {
        this.report = report;
    }

    static Findings of(DemoReport report) {
        Findings findings = new Findings(report);
        findings.judgeReads();
        for (PhaseReport phase : report.phases()) {
            switch (phase.name()) {
                case "cold" -> findings.judgeCold(phase);
                case "emptied" -> findings.judgeEmptied(phase);
                default -> findings.judgeIdleOrigin(phase);
            }
        }
        return findings;
    }

    /** Empty if everything held. */
    List<String> broken() {
        return List.copyOf(broken);
    }

    /** What it showed, a sentence a line. */
    List<String> words() {
        return List.copyOf(words);
    }

    private void judgeReads() {
        long reads = 0;
        long lost = 0;
        for (PhaseReport phase : report.phases()) {
            reads += phase.reads();
            lost += phase.failed() + phase.refused() + phase.wrongBytes();
            expect(phase.failed() == 0, phase, "failed: " + phase.failed() + " (expected: 0)");
            expect(phase.refused() == 0, phase, "refused: " + phase.refused() + " (expected: 0)");
            expect(phase.wrongBytes() == 0, phase, "wrongBytes: " + phase.wrongBytes() + " (expected: 0)");
            expect(phase.fromLocal() == 0, phase, "fromLocal: " + phase.fromLocal() + " (expected: 0)");
        }
        if (lost == 0) {
            words.add(String.format(
                    Locale.ROOT,
                    "%,d reads of %,d chunks, each checked against its SHA-256: none failed, none was refused, no byte was wrong.",
                    reads,
                    report.distinctChunks()));
        } else {
            words.add(String.format(Locale.ROOT, "%,d of %,d reads did not bring their chunk.", lost, reads));
        }
    }

    private void judgeCold(PhaseReport phase) {
        boolean once = phase.originGets() == report.distinctChunks();
        expect(
                once,
                phase,
                "originGets: " + phase.originGets() + " (expected: " + report.distinctChunks() + ", one a chunk)");
        if (once) {
            words.add(String.format(
                    Locale.ROOT,
                    "cold: %,d reads by workers that all began with nothing cost S3 one GET a chunk, %,d.",
                    phase.reads(),
                    phase.originGets()));
        }
    }

    private void judgeIdleOrigin(PhaseReport phase) {
        boolean idle = phase.originGets() == 0;
        expect(idle, phase, "originGets: " + phase.originGets() + " (expected: 0)");
        if (idle) {
            words.add(String.format(
                    Locale.ROOT,
                    "%s: %s, and S3 is not asked once; half of the reads take less than %.1f ms, 99 %% less than %.1f ms.",
                    phase.name(),
                    EVENTS.getOrDefault(phase.name(), "the zone serves"),
                    phase.p50Micros() / 1e3,
                    phase.p99Micros() / 1e3));
        }
    }

    private void judgeEmptied(PhaseReport phase) {
        int budget = report.originBudget();
        boolean bounded = phase.originPeakInFlight() <= budget;
        // A demo of a few chunks has too few misses to fill the budget.
        int least = Math.min(budget / 2, report.distinctChunks() / 4);
        boolean used = phase.originPeakInFlight() >= least;
        expect(
                bounded,
                phase,
                "originPeakInFlight: " + phase.originPeakInFlight() + " (expected: at most " + budget + ")");
        expect(
                used,
                phase,
                "originPeakInFlight: " + phase.originPeakInFlight() + " (expected: at least " + least + ")");
        if (bounded && used) {
            words.add(String.format(
                    Locale.ROOT,
                    "emptied: three times all nodes forget everything under full load, and S3 never sees more than %d GETs at once (budget %d).",
                    phase.originPeakInFlight(),
                    budget));
        }
    }

    private void expect(boolean holds, PhaseReport phase, String finding) {
        if (!holds) {
            broken.add(phase.name() + ", " + finding);
        }
    }
}
