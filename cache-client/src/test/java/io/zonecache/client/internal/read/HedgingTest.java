package io.zonecache.client.internal.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.OverRequestPolicy;
import io.zonecache.client.internal.node.LatencyQuantile;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class HedgingTest {

    private static final long SEED = 0x4ED6E;

    @Test
    void shouldLeaveNobodyOutUnderAll() {
        assertThat(new Hedging(OverRequestPolicy.ALL)
                        .leftOut(5, 4, new Random(SEED))
                        .isEmpty())
                .isTrue();
    }

    @Test
    void shouldLeaveOutEachPlaceEquallyOften() {
        Hedging hedging = new Hedging(OverRequestPolicy.HEDGED);
        Random random = new Random(SEED);
        int[] times = new int[6];
        for (int i = 0; i < 60_000; i++) {
            BitSet out = hedging.leftOut(6, 4, random);
            assertThat(out.cardinality()).isEqualTo(2);
            out.stream().forEach(place -> times[place]++);
        }
        assertThat(Arrays.stream(times).boxed())
                .as("seed %d", SEED)
                .allSatisfy(count -> assertThat(count).isBetween(19_400, 20_600));
        assertThat(hedging.leftOut(3, 4, random).isEmpty()).isTrue();
    }

    @Test
    void shouldHedgeATwentiethOfReadsAtMostAndTenInARow() {
        Hedging hedging = new Hedging(OverRequestPolicy.HEDGED);
        int hedged = 0;
        for (int i = 0; i < 10_000; i++) {
            hedged += hedging.tryHedge() ? 1 : 0;
            hedging.hit(1_000_000);
        }
        assertThat(hedged).isBetween(499, 501);
        for (int i = 0; i < 10_000; i++) {
            hedging.hit(1_000_000);
        }
        int inARow = 0;
        while (hedging.tryHedge()) {
            inARow++;
        }
        assertThat(inARow).isEqualTo(10);
    }

    @Test
    void shouldTakeForLateWhatNineteenOfTwentyReadsAreFasterThan() {
        Hedging hedging = new Hedging(OverRequestPolicy.HEDGED);
        Random random = new Random(SEED);
        for (int i = 0; i < 20_000; i++) {
            hedging.hit(1_000_000 + random.nextInt(1_000_000));
        }
        assertThat(hedging.delayNanos()).isBetween(1_850_000L, 2_150_000L);
        for (int i = 0; i < 20_000; i++) {
            hedging.hit(30_000_000 + random.nextInt(1_000_000));
        }
        assertThat(hedging.delayNanos()).isBetween(30_000_000L, 34_000_000L);
    }

    @Test
    void shouldFollowTheMedianWhateverOutliersThereAre() {
        LatencyQuantile median = new LatencyQuantile(0.5, 1.0 / 16, 0);
        Random random = new Random(SEED);
        for (int i = 0; i < 10_000; i++) {
            median.add(i % 6 == 0 ? 1_000_000_000 : 500_000 + random.nextInt(1_000_000));
        }
        assertThat(median.nanos()).isBetween(900_000L, 1_350_000L);
    }
}
