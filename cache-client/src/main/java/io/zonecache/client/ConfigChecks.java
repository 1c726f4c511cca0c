package io.zonecache.client;

import java.util.List;

/** Checks of configured numbers. What is wrong is added to a list of errors, so that all of it is reported at once. */
final class ConfigChecks {

    private ConfigChecks() {}

    static void range(List<String> errors, String key, long value, long min, long max) {
        if (value < min || value > max) {
            errors.add(key + ": " + value + " (expected: " + min + ".." + max + ")");
        }
    }

    static void ratio(List<String> errors, String key, double value) {
        if (!(value >= 0 && value <= 1)) {
            errors.add(key + ": " + value + " (expected: 0..1)");
        }
    }
}
