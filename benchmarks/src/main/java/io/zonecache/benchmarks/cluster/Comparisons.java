package io.zonecache.benchmarks.cluster;

import io.zonecache.benchmarks.cluster.ReadRow.Turn;
import io.zonecache.benchmarks.report.Goal;
import io.zonecache.benchmarks.report.Results;
import java.util.Comparator;
import java.util.function.ToDoubleFunction;

/** Rows set against each other, turn by turn: what the machine did meanwhile, it did to both. */
final class Comparisons {

    private static final String REDIS = "redis";
    private static final String STRIPED = "striped-memcached";
    private static final double MIN_THROUGHPUT = 1;
    private static final double MAX_PROCESSOR_TIME = 1.25;
    private static final double MAX_CLIENT_PROCESSOR_TIME = 1;
    private static final double MAX_STRIPED_PROCESSOR_TIME = 1.15;
    private static final double MAX_MEDIAN = 1.5;
    private static final double LONGEST_TAIL = 1.25;

    private Comparisons() {}

    /** The zone against the peers that something is aimed at for, with as many reads in flight. */
    static void addPeers(Results results, ReaderRows rows) {
        ReadRow redis = rows.peers().get(REDIS);
        ReadRow striped = rows.peers().get(STRIPED);
        if (redis != null && rows.readers() == 1) {
            addMedian(results, rows.all(), redis);
        } else if (redis != null) {
            addRedis(results, rows, redis);
        }
        if (striped != null) {
            addStriped(results, rows.hedged(), striped);
        }
    }

    private static void addMedian(Results results, ReadRow zone, ReadRow redis) {
        addRatios(
                results,
                Goal.atMost(names(zone, redis) + ".p50", "ratio", MAX_MEDIAN),
                zone,
                redis,
                Turn::medianMicros);
    }

    /** The zone under its fastest policy. */
    private static void addRedis(Results results, ReaderRows rows, ReadRow redis) {
        ReadRow best = rows.zone().stream()
                .max(Comparator.comparingDouble(row -> mean(row, Turn::megabytesPerSecond)))
                .orElseThrow();
        String name = names(best, redis);
        addRatios(
                results,
                Goal.atLeast(name + ".throughput", "ratio", MIN_THROUGHPUT),
                best,
                redis,
                Turn::megabytesPerSecond);
        addRatios(
                results,
                Goal.atMost(name + ".cpu", "ratio", MAX_PROCESSOR_TIME),
                best,
                redis,
                Turn::processorSecondsPerGb);
        ReadRow hedged = rows.hedged();
        addRatios(
                results,
                Goal.atMost(names(hedged, redis) + ".cpu.client", "ratio", MAX_CLIENT_PROCESSOR_TIME),
                hedged,
                redis,
                Turn::clientSecondsPerGb);
    }

    /** Chunks in four pieces on six servers both: what is left is not the price of striping. */
    private static void addStriped(Results results, ReadRow zone, ReadRow striped) {
        String name = names(zone, striped);
        addRatios(
                results,
                Goal.atLeast(name + ".throughput", "ratio", MIN_THROUGHPUT),
                zone,
                striped,
                Turn::megabytesPerSecond);
        addRatios(
                results,
                Goal.atMost(name + ".cpu", "ratio", MAX_STRIPED_PROCESSOR_TIME),
                zone,
                striped,
                Turn::processorSecondsPerGb);
    }

    private static String names(ReadRow row, ReadRow other) {
        return row.name() + " / " + other.name();
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
