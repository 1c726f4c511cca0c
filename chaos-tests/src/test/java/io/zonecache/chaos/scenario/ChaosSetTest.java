package io.zonecache.chaos.scenario;

import io.zonecache.chaos.report.Timeline;
import io.zonecache.chaos.zone.ZoneSpec;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The short ones of the scenarios that {@code dev/chaos} runs, on one zone of six real nodes. */
@Tag("docker")
class ChaosSetTest {

    private static final long SEED = 6;

    private static @Nullable Trials trials;

    @BeforeAll
    static void start() {
        trials = Trials.start(SEED, ZoneSpec.standard(), new Timeline());
    }

    @AfterAll
    static void end() {
        if (trials != null) {
            try (Trials all = trials) {
                all.finish();
            }
        }
    }

    static List<Scenario> set() {
        return Scenarios.shortOnes();
    }

    @ParameterizedTest
    @MethodSource("set")
    @Timeout(value = 600, unit = TimeUnit.SECONDS)
    void shouldKeepItsPromise(Scenario scenario) throws Exception {
        Objects.requireNonNull(trials).run(scenario, SEED);
    }
}
