package io.zonecache.server.lease;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class OriginShareTest {

    @Test
    void shouldBeClosedAtFirstThenFallAtOnceAndGrowLate() {
        OriginShare share = new OriginShare(5);
        share.change(10, 0);
        assertThat(share.at(4)).isZero();
        assertThat(share.nextRiseNanos(4)).isEqualTo(5);
        assertThat(share.at(5)).isEqualTo(10);
        share.change(8, 11);
        assertThat(share.at(6)).isEqualTo(8);
        share.change(12, 20);
        assertThat(share.at(19)).isEqualTo(8);
        assertThat(share.nextRiseNanos(19)).isEqualTo(20);
        assertThat(share.at(20)).isEqualTo(12);
        assertThat(share.nextRiseNanos(20)).isEqualTo(Long.MAX_VALUE);
    }

    /** Against the definition: the least of the target and of every value left behind whose rise is not due. */
    @Test
    void shouldEqualItsDefinitionForAnyChanges() {
        for (long seed = 0; seed < 500; seed++) {
            Random random = new Random(seed);
            OriginShare share = new OriginShare(20);
            List<long[]> leftBehind = new ArrayList<>(List.of(new long[] {0, 20}));
            int target = 0;
            for (long now = 0; now < 300; now++) {
                if (random.nextInt(5) == 0) {
                    int next = random.nextInt(10);
                    long growsAt = now + random.nextInt(40);
                    if (next > target) {
                        leftBehind.add(new long[] {target, growsAt});
                    }
                    share.change(next, growsAt);
                    target = next;
                }
                long least = target;
                for (long[] ceiling : leftBehind) {
                    least = ceiling[1] > now ? Math.min(least, ceiling[0]) : least;
                }
                assertThat(share.at(now)).as("seed %d at %d", seed, now).isEqualTo((int) least);
            }
        }
    }
}
