package io.zonecache.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables in docs/eviction.md are what the code says. */
class EvictionDocumentTest {

    private static final Path DOCUMENT = Path.of("../docs/eviction.md");
    private static final Path TRACES = Path.of("src/test/resources/traces");

    /** Caffeine's admission has some chance in it: one run in twelve is further off, the median of five is not. */
    private static final double CHANCE = 0.02;

    private static final int CHANCES = 5;

    @ParameterizedTest
    @ValueSource(strings = {"sprite", "multi1", "2_pools"})
    void shouldHoldTheRatiosThatTheSimulatorFinds(String name) throws IOException {
        List<String> section = section(name);
        List<String> rows =
                section.stream().filter(line -> line.startsWith("|")).toList();
        assertThat(rows).hasSize(2 + 5);
        List<String> policies = cells(rows.get(0));
        assertThat(policies).contains("lru", "lru-2", PolicySimulator.W_TINY_LFU);
        PolicySimulator simulator = new PolicySimulator(SimulationOptions.DEFAULTS);
        Trace trace = Trace.read(TRACES.resolve(name + ".gz"));
        for (String row : rows.subList(2, rows.size())) {
            List<String> cells = cells(row);
            for (int i = 1; i < cells.size(); i++) {
                String policy = policies.get(i);
                int capacity = Integer.parseInt(cells.get(0));
                if (policy.equals(PolicySimulator.W_TINY_LFU)) {
                    assertThat(medianRatio(simulator, trace, policy, capacity))
                            .as("%s capacity %d", policy, capacity)
                            .isCloseTo(Double.parseDouble(cells.get(i)), within(CHANCE));
                } else {
                    SimulationResult result = simulator.run(trace, policy, capacity);
                    assertThat(String.format(Locale.ROOT, "%.4f", result.hitRatio()))
                            .as(result.toString())
                            .isEqualTo(cells.get(i));
                }
            }
        }
        assertThat(section).anyMatch(line -> line.contains("--policy " + String.join(",", policies.subList(1, 6))));
        assertThat(Path.of("../docs/eviction-" + name + ".svg")).content().startsWith("<svg ");
    }

    private static double medianRatio(PolicySimulator simulator, Trace trace, String policy, int capacity) {
        return IntStream.range(0, CHANCES)
                .mapToDouble(run -> simulator.run(trace, policy, capacity).hitRatio())
                .sorted()
                .toArray()[CHANCES / 2];
    }

    private static List<String> section(String name) throws IOException {
        List<String> lines = Files.readAllLines(DOCUMENT);
        int start = lines.indexOf("### " + name) + 1;
        assertThat(start).as("the section of %s", name).isPositive();
        int length = 0;
        while (!lines.get(start + length).startsWith("### ")) {
            length++;
        }
        return lines.subList(start, start + length);
    }

    private static List<String> cells(String row) {
        return Arrays.stream(row.substring(1).split("\\|")).map(String::strip).toList();
    }
}
