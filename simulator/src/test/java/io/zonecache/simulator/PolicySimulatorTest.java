package io.zonecache.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.zonecache.storage.eviction.HistoryBound;
import io.zonecache.storage.eviction.LruK;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PolicySimulatorTest {

    private final PolicySimulator simulator = new PolicySimulator(SimulationOptions.DEFAULTS);

    @ParameterizedTest
    @CsvSource({
        "sprite, 100",
        "sprite, 400",
        "multi1, 100",
        "multi1, 600",
        "2_pools, 100",
        "2_pools, 450",
    })
    void shouldHitExactlyAsOftenAsTheAlgorithmsWrittenOut(String name, int capacity) throws IOException {
        Trace trace = trace(name);
        for (int k = LruK.MIN_K; k <= LruK.MAX_K; k++) {
            assertThat(simulator.run(trace, "lru-" + k, capacity).hits())
                    .as("LRU-%d", k)
                    .isEqualTo(LiteralLruK.hits(trace, k, capacity, 0));
        }
        assertThat(simulator.run(trace, "lru", capacity).hits()).isEqualTo(LiteralQueue.hits(trace, capacity, true));
        assertThat(simulator.run(trace, "fifo", capacity).hits()).isEqualTo(LiteralQueue.hits(trace, capacity, false));
    }

    /**
     * From periods that all may wait for to such as are longer than keys stay. In long ones the third and the fourth last reference of
     * two keys may come to be at one time, by the spans that are added; which goes then is not said.
     */
    @ParameterizedTest
    @CsvSource({
        "sprite, 800, 10, 4",
        "sprite, 400, 100, 2",
        "sprite, 100, 5000, 2",
        "multi1, 600, 8, 4",
        "multi1, 200, 50, 2",
        "multi1, 64, 1000, 2",
        "2_pools, 450, 6, 4",
        "2_pools, 100, 300, 2",
        "2_pools, 60, 2000, 2"
    })
    void shouldHitExactlyAsOftenWithACorrelatedPeriod(String name, int capacity, long correlated, int maxK)
            throws IOException {
        Trace trace = trace(name);
        PolicySimulator correlating = new PolicySimulator(SimulationOptions.DEFAULTS.withCorrelated(correlated));
        for (int k = LruK.MIN_K; k <= maxK; k++) {
            assertThat(correlating.run(trace, "lru-" + k, capacity).hits())
                    .as("LRU-%d", k)
                    .isEqualTo(LiteralLruK.hits(trace, k, capacity, correlated));
        }
    }

    @ParameterizedTest
    @CsvSource({"sprite, 200", "multi1, 200", "2_pools, 450"})
    void shouldNotCollapseWhenTheCorrelatedPeriodIsLongerThanKeysStay(String name, int capacity) throws IOException {
        Trace trace = trace(name);
        double without = simulator.run(trace, "lru-2", capacity).hitRatio();
        PolicySimulator correlating = new PolicySimulator(SimulationOptions.DEFAULTS.withCorrelated(5_000));
        assertThat(correlating.run(trace, "lru-2", capacity).hitRatio()).isGreaterThan(without - 0.05);
    }

    @Test
    void shouldRememberLessWithABoundedHistory() throws IOException {
        Trace trace = trace("2_pools");
        double all = simulator.run(trace, "lru-2", 60).hitRatio();
        double none = bounded(new HistoryBound(0, 0, HistoryBound.FOREVER))
                .run(trace, "lru-2", 60)
                .hitRatio();
        double recent = bounded(new HistoryBound(HistoryBound.UNLIMITED_PERCENT, 0, 1_000))
                .run(trace, "lru-2", 60)
                .hitRatio();
        double many = bounded(new HistoryBound(1_000, 0, HistoryBound.FOREVER))
                .run(trace, "lru-2", 60)
                .hitRatio();
        assertThat(none).isLessThan(all);
        assertThat(recent).isCloseTo(all, within(0.02));
        assertThat(many).isCloseTo(all, within(0.02));
    }

    @Test
    void shouldRetainForGoodWhatAPeriodLongerThanTheTraceRetains() throws IOException {
        Trace trace = trace("multi1");
        HistoryBound wholeTrace = new HistoryBound(HistoryBound.UNLIMITED_PERCENT, 0, trace.references());
        assertThat(bounded(wholeTrace).run(trace, "lru-2", 200)).isEqualTo(simulator.run(trace, "lru-2", 200));
    }

    /** A job that reads ten times the capacity once, where the hot set fills the cache. */
    @ParameterizedTest
    @ValueSource(longs = {0, 1_000, 5_000})
    void shouldCostTheHotSetUnderTwoPointsWhenAScanPasses(long correlated) {
        int hot = 500;
        int before = 50_000;
        int after = 5_000;
        long seed = 1993;
        double[] ratios = new double[2];
        for (int scanned = 0; scanned < 2; scanned++) {
            Random random = new Random(seed);
            int hotAgain = before + scanned * 10 * hot;
            Trace trace = Trace.generate(
                    "scan",
                    hotAgain + after,
                    hot + 10 * hot,
                    i -> i < before || i >= hotAgain ? random.nextInt(hot) : hot + i - before);
            SimulationOptions options =
                    SimulationOptions.DEFAULTS.withWarmUp(hotAgain).withCorrelated(correlated);
            ratios[scanned] =
                    new PolicySimulator(options).run(trace, "lru-2", hot).hitRatio();
        }
        assertThat(ratios[0]).as("seed %d", seed).isEqualTo(1);
        assertThat(ratios[1]).as("seed %d", seed).isGreaterThan(0.98);
    }

    /** O'Neil, O'Neil, Weikum 1993, table 4.1. */
    @ParameterizedTest
    @CsvSource({
        "lru-1, 60, 0.14", "lru-2, 60, 0.291", "lru-3, 60, 0.300",
        "lru-1, 100, 0.22", "lru-2, 100, 0.459", "lru-3, 100, 0.495",
        "lru-1, 200, 0.37", "lru-2, 200, 0.505", "lru-3, 200, 0.505"
    })
    void shouldReproduceThePapersTwoPools(String policy, int capacity, double expected) {
        long seed = 1993;
        Random random = new Random(seed);
        Trace trace = Trace.generate(
                "two pools", 320_000, 10_100, i -> i % 2 == 0 ? random.nextInt(100) : 100 + random.nextInt(10_000));
        SimulationResult result =
                new PolicySimulator(SimulationOptions.DEFAULTS.withWarmUp(20_000)).run(trace, policy, capacity);
        assertThat(result.hitRatio()).as("seed %d", seed).isCloseTo(expected, within(0.01));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sprite", "multi1", "2_pools"})
    void shouldHitTheMoreOftenTheMoreItHolds(String name) throws IOException {
        Trace trace = trace(name);
        for (String policy : List.of("lru", "lru-2", "w-tinylfu")) {
            double before = 0;
            for (SimulationResult result : simulator.run(trace, List.of(policy), List.of(50, 200, 800, 3200))) {
                assertThat(result.hitRatio()).as(result.toString()).isGreaterThanOrEqualTo(before);
                before = result.hitRatio();
            }
        }
    }

    @Test
    void shouldHitOnAllButTheFirstReferenceWhenEverythingFits() throws IOException {
        Trace trace = trace("multi1");
        for (String policy : List.of("lru", "lru-1", "lru-4", "fifo", "w-tinylfu")) {
            SimulationResult result = simulator.run(trace, policy, trace.keys());
            assertThat(result.hits()).as(policy).isEqualTo(trace.references() - trace.keys());
        }
    }

    @Test
    void shouldNotCountTheWarmUp() {
        Trace trace = Trace.generate("one key", 10, 1, i -> 0);
        assertThat(new PolicySimulator(SimulationOptions.DEFAULTS.withWarmUp(5)).run(trace, "lru", 1))
                .isEqualTo(new SimulationResult("lru", 1, 5, 5));
        assertThat(new PolicySimulator(SimulationOptions.DEFAULTS.withWarmUp(50))
                        .run(trace, "lru", 1)
                        .hitRatio())
                .isZero();
    }

    @Test
    void shouldReadAnyTextAsAKeyAndLeaveOutBlankLines() throws IOException {
        byte[] text = "a b\n\nä\r\na b\n7".getBytes(StandardCharsets.UTF_8);
        Trace trace = Trace.read("text", new ByteArrayInputStream(text));
        assertThat(trace.references()).isEqualTo(4);
        assertThat(trace.keys()).isEqualTo(3);
        assertThat(trace.keyAt(2)).isEqualTo(trace.keyAt(0));
        assertThat(Trace.read("empty", InputStream.nullInputStream()).references())
                .isZero();
    }

    @Test
    void shouldSayWhatIsWrongWithAPolicyOrACapacity() {
        Trace trace = Trace.generate("one key", 10, 1, i -> 0);
        assertThatThrownBy(() -> simulator.run(trace, "lru-5", 1))
                .hasMessage("policy: \"lru-5\" (expected: lru, fifo, lru-1 to lru-4 or w-tinylfu)");
        assertThatThrownBy(() -> simulator.run(trace, "lru", 0)).hasMessage("capacity: 0 (expected: at least 1)");
    }

    @Test
    void shouldPrintAResultAsDocumented() {
        assertThat(new SimulationResult("lru-2", 60, 10_000, 2_910)).hasToString("lru-2 capacity 60 hit ratio 0.2910");
    }

    @Test
    void shouldKeepKeysApartThatAreNoUtf8() throws IOException {
        byte[] bytes = {(byte) 0xC3, '\n', (byte) 0xC4, '\n'};
        assertThat(Trace.read("bytes", new ByteArrayInputStream(bytes)).keys()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "0, -1"})
    void shouldRefuseANegativePeriod(long warmUp, long correlated) {
        assertThatThrownBy(() -> new SimulationOptions(warmUp, correlated, HistoryBound.NONE))
                .hasMessageContaining(": -1 (expected: 0 or more)");
    }

    private static PolicySimulator bounded(HistoryBound history) {
        return new PolicySimulator(SimulationOptions.DEFAULTS.withHistory(history));
    }

    private static Trace trace(String name) throws IOException {
        try (InputStream bytes = PolicySimulatorTest.class.getResourceAsStream("/traces/" + name + ".gz")) {
            return Trace.read(name, Objects.requireNonNull(bytes, name));
        }
    }
}
