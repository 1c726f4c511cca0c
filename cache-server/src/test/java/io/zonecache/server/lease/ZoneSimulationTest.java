package io.zonecache.server.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.model.ZoneSettings;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ZoneSimulationTest {

    private static final long RUN_MILLIS = 20 * 60_000;
    private static final long OUT_AFTER_MILLIS = 300_000;

    private static final int SHARE_SEEDS = Integer.getInteger("zonecache.shareSeeds", 120);

    /** More with -Dzonecache.leaseSeeds=N. */
    static LongStream seeds() {
        return LongStream.range(0, Integer.getInteger("zonecache.leaseSeeds", 4));
    }

    private static ZoneSimulation zone(long seed, LeaseLimits limits) {
        Random sizes = new Random(seed);
        int expectedNodes = 4 + sizes.nextInt(3);
        int maxNodes = 10;
        int leasable = maxNodes + sizes.nextInt(30);
        ZoneSettings settings = LeaseBench.settings(leasable, expectedNodes);
        return new ZoneSimulation(seed, settings, expectedNodes, maxNodes, limits, OUT_AFTER_MILLIS);
    }

    private static int leasable(ZoneSimulation zone) {
        return zone.settings.originBudget() - zone.settings.originReserve();
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldNeverLeaseMoreThanTheBudgetWhateverHappensToNodes(long seed) {
        ZoneSimulation zone = zone(seed, LeaseLimits.DEFAULT);
        zone.runWithClients(RUN_MILLIS);
        assertThat(zone.maxOutstanding)
                .as("most leases at once, seed %d, %d views", seed, zone.views)
                .isLessThanOrEqualTo(leasable(zone));
        assertThat(zone.granted).as("leases granted, seed %d", seed).isGreaterThan(500);
    }

    @Test
    void shouldNeverOfferMoreThanTheBudgetWhateverClientsWouldTake() {
        int tight = 0;
        for (long seed = 0; seed < SHARE_SEEDS; seed++) {
            ZoneSimulation zone = zone(seed, LeaseLimits.DEFAULT);
            zone.runWatchingShares(RUN_MILLIS);
            assertThat(zone.maxOutstanding)
                    .as("most leases possible at once, seed %d, %d views", seed, zone.views)
                    .isLessThanOrEqualTo(leasable(zone));
            tight += zone.maxOutstanding == leasable(zone) ? 1 : 0;
        }
        assertThat(tight).as("runs that offered the whole budget").isPositive();
    }
}
