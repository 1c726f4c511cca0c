package io.zonecache.benchmarks.report;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** The numbers of all runs, in the order in which they first came. Not thread-safe. */
public final class Results {

    private static final double NANOS_PER_MICRO = 1e3;
    private static final List<Double> PERCENTILES = List.of(50.0, 99.0, 99.9, 99.99);

    /** What the original's authors call hard for a garbage-collected language. */
    private static final double TAIL_TARGET = 4;

    private final Map<Goal, List<Double>> values = new LinkedHashMap<>();

    public static Histogram histogram() {
        return new Histogram(3);
    }

    public void add(Goal goal, double value) {
        values.computeIfAbsent(goal, absent -> new ArrayList<>()).add(value);
    }

    /** @param nanos latencies; none are no rows */
    public void addLatencies(String name, Histogram nanos) {
        addLatencies(name, nanos, Map.of());
    }

    /**
     * Four percentiles in microseconds, and how far the last is from the first.
     *
     * @param targetMicros by percentile
     */
    public void addLatencies(String name, Histogram nanos, Map<Double, Double> targetMicros) {
        if (nanos.getTotalCount() == 0) {
            return;
        }
        addPercentiles(name, nanos, PERCENTILES, targetMicros);
        double tail = (double) nanos.getValueAtPercentile(99.99) / Math.max(1, nanos.getValueAtPercentile(50));
        add(Goal.atMost(name + ".p99.99/p50", "ratio", TAIL_TARGET), tail);
    }

    /**
     * Percentiles in microseconds.
     *
     * @param targetMicros by percentile
     */
    public void addPercentiles(
            String name, Histogram nanos, List<Double> percentiles, Map<Double, Double> targetMicros) {
        for (double percentile : percentiles) {
            String row = name + ".p" + (percentile == Math.rint(percentile) ? "" + (int) percentile : percentile);
            Double target = targetMicros.get(percentile);
            Goal goal = target == null ? Goal.none(row, "us") : Goal.atMost(row, "us", target);
            add(goal, nanos.getValueAtPercentile(percentile) / NANOS_PER_MICRO);
        }
    }

    public List<Row> rows() {
        return values.entrySet().stream()
                .map(entry -> Row.of(entry.getKey(), entry.getValue()))
                .toList();
    }
}
