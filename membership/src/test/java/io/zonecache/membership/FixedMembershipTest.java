package io.zonecache.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.model.ZoneView;
import java.util.List;
import org.junit.jupiter.api.Test;

class FixedMembershipTest extends MembershipContract {

    @Override
    protected FixedMembership membership() {
        return new FixedMembership(
                new ZoneView(Zones.settings(2), 7, List.of(Zones.node("n1"), Zones.node("n2"))), "n1");
    }

    @Test
    void shouldPublishTheNodesThatItIsGiven() {
        try (FixedMembership membership = membership()) {
            membership.replaceNodes(List.of(Zones.node("n3")));

            assertThat(text(membership)).isEqualTo("n3:up");
            assertThat(epoch(membership)).isEqualTo(8);
        }
    }

    @Test
    void shouldKeepTheLastNodeBecauseAViewIsNeverEmpty() {
        try (FixedMembership membership =
                new FixedMembership(new ZoneView(Zones.settings(1), 7, List.of(Zones.node("n1"))), "n1")) {
            membership.leave();

            assertThat(text(membership)).isEqualTo("n1:up");
        }
    }
}
