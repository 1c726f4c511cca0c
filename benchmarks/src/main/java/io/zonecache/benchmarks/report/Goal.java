package io.zonecache.benchmarks.report;

import org.jspecify.annotations.Nullable;

/** What a number is called, and what it should be. */
public record Goal(String name, String unit, @Nullable Double target, boolean higherIsBetter) {

    public static Goal none(String name, String unit) {
        return new Goal(name, unit, null, false);
    }

    public static Goal atMost(String name, String unit, double target) {
        return new Goal(name, unit, target, false);
    }

    public static Goal atLeast(String name, String unit, double target) {
        return new Goal(name, unit, target, true);
    }
}
