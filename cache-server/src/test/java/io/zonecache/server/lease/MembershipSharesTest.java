package io.zonecache.server.lease;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.model.ZoneSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shares under the views that the real membership publishes, whatever befalls its processes and its network. */
class MembershipSharesTest {

    /** More with -Dzonecache.test.membershipSeeds=N; the first is random then. */
    private static final int SEEDS = Integer.getInteger("zonecache.test.membershipSeeds", 0);

    private static final int DEFAULT_SEEDS = 3;
    private static final int MAX_NODES = 10;
    private static final Duration CALM = Duration.ofSeconds(30);
    private static final Duration DISTURBED = Duration.ofMinutes(20);

    @TempDir
    Path directory;

    @Test
    void shouldNeverSumAboveTheBudget() {
        long first = SEEDS == 0 ? 1 : new Random().nextInt(1_000_000);
        int tight = 0;
        int views = 0;
        for (long seed = first; seed < first + Math.max(SEEDS, DEFAULT_SEEDS); seed++) {
            MembershipZone zone = zone(seed);
            zone.run(CALM, DISTURBED);
            int leasable = zone.settings.originBudget() - zone.settings.originReserve();
            assertThat(zone.maxOffered)
                    .as("seed %d: %s", seed, String.join("\n", zone.history))
                    .isLessThanOrEqualTo(leasable);
            tight += zone.maxOffered == leasable ? 1 : 0;
            views += zone.views.size();
        }
        assertThat(tight).as("runs that offered the whole budget").isPositive();
        assertThat(views).as("views published").isGreaterThan(10 * DEFAULT_SEEDS);
    }

    private MembershipZone zone(long seed) {
        Random sizes = new Random(seed);
        int expectedNodes = 4 + sizes.nextInt(3);
        ZoneSettings settings = LeaseBench.settings(expectedNodes * (2 + sizes.nextInt(5)), expectedNodes);
        return new MembershipZone(
                seed, directory.resolve(Long.toString(seed)), settings, MAX_NODES, LeaseLimits.DEFAULT);
    }
}
