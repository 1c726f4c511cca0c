package io.zonecache.chaos.zone;

import java.util.HashMap;
import java.util.Map;

/** A node's {@code /metrics} at one moment. Immutable. */
public final class NodeMetrics {

    private final Map<String, Double> samples = new HashMap<>();

    /** @param text in Prometheus' format */
    NodeMetrics(String text) {
        for (String line : text.split("\n", -1)) {
            int value = line.lastIndexOf(' ');
            if (!line.startsWith("#") && value > 0) {
                samples.put(line.substring(0, value), Double.parseDouble(line.substring(value + 1)));
            }
        }
    }

    /** @param sample name, and labels where it has some, as it is written */
    public double value(String sample) {
        Double value = samples.get(sample);
        if (value == null) {
            throw new IllegalArgumentException("metric: " + sample + " (expected: one that the node has)");
        }
        return value;
    }

    public long count(String sample) {
        return Math.round(value(sample));
    }
}
