package io.zonecache.membership.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.membership.MembershipTimings;
import io.zonecache.membership.Zones;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneSettings;
import io.zonecache.testkit.time.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ViewPlannerTest {

    private static final long WALL_MILLIS = 1_795_405_200_000L;

    private final List<PresentMember> members = new ArrayList<>();
    private final Set<String> drained = new HashSet<>();
    private ZoneSettings settings = Zones.settings(3);
    private ViewPlanner planner = new ViewPlanner("n1/1", MembershipTimings.DEFAULT);
    private @Nullable PublishedView last;
    private long highestEpoch;
    private long wallMillis = WALL_MILLIS;
    private final VirtualClock clock = new VirtualClock(-5_000_000_000L);

    @Test
    void shouldPublishTheFirstViewAsSoonAsTheExpectedNodesArePresent() {
        join("n1");
        join("n2");
        assertThat(plan().waitingFor()).contains("2 of 3");
        join("n3");

        publish();

        assertThat(text()).isEqualTo("n1:up n2:up n3:up");
        assertThat(view().epoch()).isEqualTo(WALL_MILLIS);
    }

    @Test
    void shouldPublishTheFirstViewOfThosePresentAfterThirtySeconds() {
        join("n1");
        join("n2");
        plan();
        pass(Duration.ofSeconds(29));
        assertThat(plan().next()).isNull();
        pass(Duration.ofSeconds(1));

        publish();

        assertThat(text()).isEqualTo("n1:up n2:up");
    }

    @Test
    void shouldPublishAtOnceInAZoneOfOneNode() {
        settings = Zones.settings(1);
        join("n1");

        publish();

        assertThat(text()).isEqualTo("n1:up");
        assertThat(view().epoch()).isEqualTo(WALL_MILLIS);
    }

    @Test
    void shouldNotOutbidTheZonesViewWhenANodeWithoutOneIsAlone() {
        join("n1");
        plan();
        pass(Duration.ofSeconds(30));

        publish();
        assertThat(view().epoch()).isEqualTo(1);

        join("n2");
        plan();
        pass(Duration.ofSeconds(10));
        publish();
        assertThat(view().epoch()).isGreaterThanOrEqualTo(WALL_MILLIS);
    }

    @Test
    void shouldNotPublishAFirstViewBeforeEveryMemberHasSaidWhatItKnows() {
        join("n1");
        join("n2");
        members.add(new PresentMember(card("n3", "n3/1", settings, false), null));

        assertThat(plan().waitingFor()).contains("news of n3");
    }

    @Test
    void shouldWaitForTheNewerViewThatAMemberKnows() {
        threeNodes();
        PublishedView newer = view();
        last = null;
        planner = new ViewPlanner("n1/1", MembershipTimings.DEFAULT);
        members.set(
                1,
                new PresentMember(
                        members.get(1).card(),
                        new MemberNews(
                                "n2/1", 1, false, false, 0, newer.encoded().version(), 0, Map.of(), null)));

        assertThat(plan().waitingFor()).contains("n2 knows");
        last = newer;
        assertThat(plan().next()).isNull();
    }

    @Test
    void shouldCallANodeDownAtOnceWhenItWasSeenAndKeepItsPlaces() {
        threeNodes();
        leave("n2");

        publish();

        assertThat(text()).isEqualTo("n1:up n2:down n3:up");
        assertThat(plan().next()).isNull();
    }

    @Test
    void shouldGiveNodesThatItNeverSawFiveSecondsToTurnUp() {
        threeNodes();
        planner = new ViewPlanner("n1/1", MembershipTimings.DEFAULT);
        leave("n3");
        assertThat(plan().next()).isNull();
        pass(Duration.ofSeconds(4));
        assertThat(plan().next()).isNull();
        pass(Duration.ofSeconds(1));

        publish();

        assertThat(text()).isEqualTo("n1:up n2:up n3:down");
    }

    @Test
    void shouldTakeANodeOutAfterFiveMinutes() {
        threeNodes();
        leave("n2");
        publish();
        plan();
        pass(Duration.ofMinutes(5).minusSeconds(1));
        assertThat(plan().next()).isNull();
        pass(Duration.ofSeconds(1));

        publish();

        assertThat(text()).isEqualTo("n1:up n3:up");
    }

    @Test
    void shouldStartTheFiveMinutesAgainWhenTheNodeWasBack() {
        threeNodes();
        leave("n2");
        publish();
        pass(Duration.ofMinutes(4));
        join("n2", "n2/2");
        publish();
        leave("n2");
        publish();
        pass(Duration.ofMinutes(4));

        assertThat(plan().next()).isNull();
        assertThat(text()).isEqualTo("n1:up n2:down n3:up");
    }

    @Test
    void shouldPublishUpAtOnceWithTheNewAddressWhenANodeRestarts() {
        threeNodes();
        leave("n2");
        publish();
        members.add(present(new MemberCard(
                "n2/2",
                "127.0.0.1:5702",
                new ZoneNode("n2", "127.0.0.9:7400", "domain-of-n2", 1, NodeState.UP),
                settings,
                false)));

        publish();

        assertThat(text()).isEqualTo("n1:up n2:up n3:up");
        assertThat(view().view().node("n2").orElseThrow().address()).isEqualTo("127.0.0.9:7400");
    }

    @Test
    void shouldRememberWhichProcessIsInWhenARestartWentUnseen() {
        threeNodes();
        leave("n2");
        join("n2", "n2/2");

        publish();

        assertThat(text()).isEqualTo("n1:up n2:up n3:up");
        assertThat(view().instances()).containsEntry("n2", "n2/2");
        assertThat(plan().next()).isNull();
    }

    @Test
    void shouldMovePlacesAtMostOnceInTenSecondsButStatesAtOnce() {
        threeNodes();
        join("n4");
        assertThat(plan().waitingFor()).contains("interval");
        leave("n3");
        publish();
        assertThat(text()).isEqualTo("n1:up n2:up n3:down");
        pass(Duration.ofSeconds(9));
        assertThat(plan().next()).isNull();
        pass(Duration.ofSeconds(1));

        publish();

        assertThat(text()).isEqualTo("n1:up n2:up n3:down n4:up");
    }

    @Test
    void shouldNotPublishWithoutAMajorityOfTheLastView() {
        threeNodes();
        leave("n2");
        leave("n3");

        assertThat(plan().next()).isNull();
        assertThat(plan().waitingFor()).contains("1 of 3");
    }

    @Test
    void shouldLetTheSideWithTheLowestIdGoOnAtATie() {
        settings = Zones.settings(2);
        join("n1");
        join("n2");
        publish();
        pass(Duration.ofSeconds(10));
        plan();
        leave("n2");
        publish();
        assertThat(text()).isEqualTo("n1:up n2:down");

        planner = new ViewPlanner("n2/1", MembershipTimings.DEFAULT);
        members.clear();
        join("n2");
        plan();
        pass(Duration.ofHours(1));
        assertThat(plan().next()).isNull();
    }

    @Test
    void shouldTakeADrainingNodeOut() {
        threeNodes();
        pass(Duration.ofSeconds(10));
        say("n3", true, false);

        publish();

        assertThat(text()).isEqualTo("n1:up n2:up");
        leave("n3");
        assertThat(plan().next()).isNull();
    }

    @Test
    void shouldTakeOutANodeThatAskedForItAndLeftBeforeTheNextView() {
        threeNodes();
        drained.add("n3/1");
        leave("n3");
        publish();
        assertThat(text()).isEqualTo("n1:up n2:up n3:down");
        pass(Duration.ofSeconds(10));

        publish();

        assertThat(text()).isEqualTo("n1:up n2:up");
    }

    @Test
    void shouldNeverPublishAnEmptyView() {
        settings = Zones.settings(1);
        join("n1");
        publish();
        pass(Duration.ofSeconds(10));
        say("n1", true, false);

        assertThat(plan().next()).isNull();
    }

    @Test
    void shouldPublishAnAnnouncedDownAtOnceAndKeepPlaces() {
        threeNodes();
        say("n2", false, true);

        publish();

        assertThat(text()).isEqualTo("n1:up n2:down n3:up");
        leave("n2");
        assertThat(plan().next()).isNull();
        join("n2", "n2/2");
        publish();
        assertThat(text()).isEqualTo("n1:up n2:up n3:up");
    }

    @Test
    void shouldLetAnotherMemberPublishWhenTheOldestIsAboutToGo() {
        threeNodes();
        say("n1", false, true);

        assertThat(plan().next()).isNull();
        assertThat(publisher()).isEqualTo("n2/1");
    }

    @Test
    void shouldRefuseTheLaterOfTwoMembersWithOneId() {
        threeNodes();
        members.add(0, present(card("n2", "n2/other", settings, false)));

        Plan plan = plan();

        assertThat(plan.next()).isNull();
        assertThat(plan.roster().refusals()).containsOnlyKeys("n2/other");
        assertThat(plan.roster().refusals().get("n2/other")).contains("n2 is used by the member at");
    }

    @Test
    void shouldTakeInTheOtherMemberWithAnIdOnceTheFirstIsGone() {
        threeNodes();
        members.add(present(card("n2", "n2/other", settings, false)));
        plan();
        members.removeIf(member -> member.instance().equals("n2/1"));

        publish();

        assertThat(view().instances()).containsEntry("n2", "n2/other");
        members.add(0, present(card("n2", "n2/1", settings, false)));
        assertThat(plan().roster().refusals()).containsOnlyKeys("n2/1");
    }

    @Test
    void shouldRefuseANodeWithOtherSettingsAndSayWhich() {
        threeNodes();
        pass(Duration.ofSeconds(10));
        members.add(present(card("n4", "n4/1", Zones.settings(Zones.ZONE, 3, 100), false)));

        Plan plan = plan();

        assertThat(plan.next()).isNull();
        assertThat(plan.roster().refusals().get("n4/1"))
                .contains("originBudget 100 (expected: 64")
                .doesNotContain("recordVersion");
    }

    @Test
    void shouldReplaceTheSettingsWhenANodeIsToldTo() {
        threeNodes();
        ZoneSettings other = Zones.settings(Zones.ZONE, 3, 100);
        leave("n2");
        publish();
        members.add(present(card("n2", "n2/2", other, true)));

        publish();

        assertThat(view().view().settings()).isEqualTo(other);
        assertThat(text()).isEqualTo("n1:up n2:up n3:up");
        assertThat(plan().next()).isNull();
        leave("n3");
        join("n3", "n3/2");
        assertThat(plan().roster().refusals()).containsOnlyKeys("n3/2");
    }

    @Test
    void shouldNotTakeTurnsWhenTwoNodesReplaceEachOthersSettings() {
        threeNodes();
        leave("n2");
        leave("n3");
        members.add(present(card("n2", "n2/2", Zones.settings(Zones.ZONE, 3, 100), true)));
        members.add(present(card("n3", "n3/2", Zones.settings(Zones.ZONE, 3, 200), true)));

        int views = 0;
        while (plan().next() != null) {
            publish();
            assertThat(++views).isLessThan(5);
        }

        assertThat(view().view().settings().originBudget()).isEqualTo(200);
        assertThat(text()).isEqualTo("n1:up n2:up n3:up");
    }

    @Test
    void shouldTakeTheMajoritysSettingsInAZoneWithoutAView() {
        settings = Zones.settings(Zones.ZONE, 2, 100);
        join("n1");
        settings = Zones.settings(2);
        join("n2");
        join("n3");
        planner = new ViewPlanner("n2/1", MembershipTimings.DEFAULT);

        publish();

        assertThat(text()).isEqualTo("n2:up n3:up");
        assertThat(view().view().settings().originBudget()).isEqualTo(64);
    }

    @Test
    void shouldPublishThosePresentWhenForced() {
        threeNodes();
        leave("n2");
        leave("n3");
        long epoch = view().epoch();

        last = planner.plan(observation(), true).next();

        assertThat(text()).isEqualTo("n1:up");
        assertThat(view().epoch()).isGreaterThan(epoch);
        assertThat(plan().next()).isNull();
    }

    @Test
    void shouldTakeAnEpochAboveAllKnownOnesWhenTheClockIsBehind() {
        threeNodes();
        wallMillis -= Duration.ofHours(1).toMillis();
        highestEpoch = WALL_MILLIS + Duration.ofHours(1).toMillis();
        long known = highestEpoch;
        leave("n2");

        publish();

        assertThat(view().epoch()).isEqualTo(known + 1);
    }

    @Test
    void shouldPauseAfterStandingStillBecauseTheZoneMayHaveGoneOn() {
        threeNodes();
        plan();
        clock.advance(Duration.ofSeconds(30));
        leave("n2");
        assertThat(plan().waitingFor()).contains("stood still");
        pass(Duration.ofSeconds(6));

        publish();

        assertThat(text()).isEqualTo("n1:up n2:down n3:up");
    }

    @Test
    void shouldLeavePublishingToTheOldestMember() {
        threeNodes();
        planner = new ViewPlanner("n3/1", MembershipTimings.DEFAULT);
        leave("n2");
        plan();
        pass(Duration.ofSeconds(20));

        assertThat(plan().next()).isNull();
    }

    private void threeNodes() {
        join("n1");
        join("n2");
        join("n3");
        publish();
        plan();
    }

    private void join(String id) {
        join(id, id + "/1");
    }

    private void join(String id, String instance) {
        members.add(present(card(id, instance, settings, false)));
    }

    private void leave(String id) {
        members.removeIf(member -> member.card().id().equals(id));
    }

    private void say(String id, boolean draining, boolean down) {
        members.replaceAll(member -> member.card().id().equals(id)
                ? new PresentMember(
                        member.card(), new MemberNews(member.instance(), 2, draining, down, 0, null, 0, Map.of(), null))
                : member);
    }

    /** In steps: a planner that sees a gap takes it for a stall. */
    private void pass(Duration time) {
        for (long left = time.toMillis(); left > 0; left -= 500) {
            clock.advanceMillis(Math.min(500, left));
            if (left > 500) {
                planner.plan(observation(), false);
            }
        }
    }

    private Plan plan() {
        return planner.plan(observation(), false);
    }

    private void publish() {
        PublishedView next = plan().next();
        assertThat(next).as("a view is due").isNotNull();
        last = next;
        highestEpoch = Math.max(highestEpoch, view().epoch());
    }

    private Observation observation() {
        return new Observation(last, members, drained, highestEpoch, wallMillis, clock.nanoTime());
    }

    private PublishedView view() {
        if (last == null) {
            throw new AssertionError("no view");
        }
        return last;
    }

    private String text() {
        return Zones.text(view().view());
    }

    private String publisher() {
        PresentMember publisher = plan().roster().publisher();
        return publisher == null ? "" : publisher.instance();
    }

    private static PresentMember present(MemberCard card) {
        return new PresentMember(card, new MemberNews(card.instance(), 1, false, false, 0, null, 0, Map.of(), null));
    }

    private static MemberCard card(String id, String instance, ZoneSettings settings, boolean replace) {
        return new MemberCard(instance, "127.0.0.1:5701", Zones.node(id), settings, replace);
    }
}
