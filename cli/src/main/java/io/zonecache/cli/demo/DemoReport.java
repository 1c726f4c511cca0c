package io.zonecache.cli.demo;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The demo's outcome, as it stands in the JSON. */
record DemoReport(int distinctChunks, int originBudget, List<PhaseReport> phases) {

    Optional<PhaseReport> phase(String name) {
        return phases.stream().filter(phase -> phase.name().equals(name)).findFirst();
    }

    /** One row a phase. */
    String table() {
        StringBuilder table = new StringBuilder();
        table.append(String.format(
                Locale.ROOT,
                "%-8s %8s %7s %7s %6s %8s %8s %8s %9s %9s %9s %8s %5s%n",
                "phase",
                "reads",
                "failed",
                "refused",
                "wrong",
                "zone",
                "origin",
                "reads/s",
                "p50 ms",
                "p99 ms",
                "p99.9 ms",
                "S3 GETs",
                "peak"));
        for (PhaseReport phase : phases) {
            table.append(String.format(
                    Locale.ROOT,
                    "%-8s %,8d %,7d %,7d %,6d %,8d %,8d %,8d %9.1f %9.1f %9.1f %,8d %5d%n",
                    phase.name(),
                    phase.reads(),
                    phase.failed(),
                    phase.refused(),
                    phase.wrongBytes(),
                    phase.fromZone(),
                    phase.fromOrigin(),
                    phase.readsPerSecond(),
                    phase.p50Micros() / 1e3,
                    phase.p99Micros() / 1e3,
                    phase.p999Micros() / 1e3,
                    phase.originGets(),
                    phase.originPeakInFlight()));
        }
        return table.toString();
    }
}
