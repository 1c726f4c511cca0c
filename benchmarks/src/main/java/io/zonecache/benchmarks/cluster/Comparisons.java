package io.zonecache.benchmarks.cluster;

import io.zonecache.benchmarks.cluster.ReadRow.Turn;
import io.zonecache.benchmarks.report.Goal;
import io.zonecache.benchmarks.report.Results;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Rows set against each other, turn by turn: what the machine did meanwhile, it did to both. */
final class Comparisons {

    private static final double MIN_THROUGHPUT = 1;
    private static final double MAX_PROCESSOR_TIME = 1.25;
    private static final double LONGEST_TAIL = 1.25;

    private Comparisons() {}

    /** The zone under its fastest policy against another cache. */
    static void addPeer(Results results, List<ReadRow> zone, ReadRow peer) {
        ReadRow best = zone.stream()
                .max(Comparator.comparingDouble(row -> mean(row, Turn::megabytesPerSecond)))
                .orElseThrow();
        String name = best.name() + " / " + peer.name();
        addRatios(
                results,
                Goal.atLeast(name + ".throughput", "ratio", MIN_THROUGHPUT),
                best,
                peer,
                Turn::megabytesPerSecond);
        addRatios(
                results,
                Goal.atMost(name + ".cpu", "ratio", MAX_PROCESSOR_TIME),
                best,
                peer,
                Turn::processorSecondsPerGb);
    }

    /** A zone with a slow node against a healthy one. */
    static void addTail(Results results, ReadRow slow, ReadRow healthy) {
        addRatios(
                results,
                Goal.atMost(slow.name() + " / " + healthy.name() + ".p99.9", "ratio", LONGEST_TAIL),
                slow,
                healthy,
                Turn::p999Micros);
    }

    private static void addRatios(
            Results results, Goal goal, ReadRow row, ReadRow other, ToDoubleFunction<Turn> figure) {
        for (int i = 0; i < row.turns().size(); i++) {
            results.add(
                    goal,
                    figure.applyAsDouble(row.turns().get(i))
                            / figure.applyAsDouble(other.turns().get(i)));
        }
    }

    private static double mean(ReadRow row, ToDoubleFunction<Turn> figure) {
        return row.turns().stream().mapToDouble(figure).average().orElse(0);
    }
}
