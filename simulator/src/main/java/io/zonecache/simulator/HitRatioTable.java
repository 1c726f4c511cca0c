package io.zonecache.simulator;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;

/** Hit ratios as text: a row for each capacity, a column for each policy. */
public final class HitRatioTable {

    private static final String CAPACITY = "capacity";

    private HitRatioTable() {}

    /** @param capacityLabel what the first column says of a capacity in keys */
    public static List<String> lines(List<SimulationResult> results, IntFunction<String> capacityLabel) {
        Set<String> policies = new LinkedHashSet<>();
        Map<Integer, Map<String, String>> rows = new TreeMap<>();
        for (SimulationResult result : results) {
            policies.add(result.policy());
            rows.computeIfAbsent(result.capacity(), capacity -> new LinkedHashMap<>())
                    .put(result.policy(), String.format(Locale.ROOT, "%.4f", result.hitRatio()));
        }
        int first = rows.keySet().stream()
                .mapToInt(capacity -> capacityLabel.apply(capacity).length())
                .reduce(CAPACITY.length(), Math::max);
        List<String> lines = new ArrayList<>();
        StringBuilder head = new StringBuilder(padded(CAPACITY, first));
        policies.forEach(policy -> head.append("  ").append(padded(policy, width(policy))));
        lines.add(head.toString());
        rows.forEach((capacity, ratios) -> {
            StringBuilder line = new StringBuilder(padded(capacityLabel.apply(capacity), first));
            policies.forEach(
                    policy -> line.append("  ").append(padded(ratios.getOrDefault(policy, ""), width(policy))));
            lines.add(line.toString());
        });
        return lines;
    }

    private static int width(String policy) {
        return Math.max(policy.length(), "0.0000".length());
    }

    private static String padded(String text, int width) {
        return " ".repeat(Math.max(0, width - text.length())) + text;
    }
}
