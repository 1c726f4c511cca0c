package io.zonecache.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.chaos.zone.NodeContainer;

/** What scenarios have in common to promise. */
final class Promises {

    private Promises() {}

    static void noFailedRead(ReadTally tally) {
        assertThat(tally.complaints()).as("failed reads").isEmpty();
        assertThat(tally.failed()).as("failed reads").isZero();
    }

    /** @param points of a hundred */
    static void hitRateDownByUnder(double points, ReadTally before, ReadTally now) {
        assertThat(100 * (before.hitRate() - now.hitRate()))
                .as("points by which the hit rate is down, from %.4f, with %d reads", before.hitRate(), now.reads())
                .isLessThan(points);
    }

    /** @param before stripes that the node held */
    static void nothingLost(NodeContainer node, long before, long now) {
        assertThat(now)
                .as("stripes that %s holds, of %d before", node.id(), before)
                .isGreaterThanOrEqualTo(before);
    }
}
