package io.zonecache.benchmarks.report;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One number of a benchmark: the median of its runs.
 *
 * @param min least of the runs
 * @param max most of the runs
 * @param target what is aimed at, null if nothing is
 * @param met whether the value is as good as the target, null without one
 */
public record Row(
        String name,
        String unit,
        double value,
        double min,
        double max,
        @Nullable Double target,
        @Nullable Boolean met,
        int runs) {

    private static final double DIGITS = 1000;

    public static Row of(Goal goal, List<Double> values) {
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        double median = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
        Double target = goal.target();
        Boolean met = target == null ? null : goal.higherIsBetter() ? median >= target : median <= target;
        return new Row(
                goal.name(),
                goal.unit(),
                rounded(median),
                rounded(sorted[0]),
                rounded(Arrays.stream(sorted).max().orElse(median)),
                target,
                met,
                sorted.length);
    }

    private static double rounded(double value) {
        return Math.round(value * DIGITS) / DIGITS;
    }
}
