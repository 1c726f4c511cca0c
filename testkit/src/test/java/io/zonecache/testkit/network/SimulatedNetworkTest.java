package io.zonecache.testkit.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.testkit.time.VirtualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatedNetworkTest {

    private final VirtualClock clock = new VirtualClock();
    private final SimulatedNetwork network = network(1);
    private final List<String> events = new ArrayList<>();

    /** Of the endpoint c, as its owner says. */
    private EndpointState stateOfC = EndpointState.UP;

    private SimulatedNetwork network(long seed) {
        SimulatedNetwork made = new SimulatedNetwork(clock, new Random(seed));
        made.attach("a");
        made.attach("b");
        made.attach("c", () -> stateOfC);
        return made;
    }

    private void note(String event) {
        events.add(event + "@" + clock.millis());
    }

    private void send(String from, String to) {
        network.send(from, to, () -> note(from + to));
    }

    private void call(String from, String to) {
        network.<String>call(
                from, to, answer -> answer.accept(to), answer -> note("answer of " + answer), () -> note("refused"));
    }

    @Test
    void shouldDeliverAtOnceWhereNothingDelays() {
        send("a", "b");
        call("b", "a");
        assertThat(events).containsExactly("ab@0", "answer of a@0");
        assertThat(network.counts()).isEqualTo(new NetworkCounts(3, 3, 0, 0, 0));
    }

    @Test
    void shouldDeliverAfterTheCallWhereADelayIsDrawnEvenIfItIsZero() {
        network.setDelay(Delay.ofMillis(0));
        send("a", "b");
        assertThat(events).isEmpty();
        clock.advanceMillis(0);
        assertThat(events).containsExactly("ab@0");
    }

    @Test
    void shouldDelayTheRequestAndTheAnswerByTheirReceivers() {
        network.setDelay(Delay.ofMillis(3));
        network.setDelayTo("b", Delay.ofMillis(10));
        call("a", "b");
        clock.advanceMillis(12);
        assertThat(events).isEmpty();
        assertThat(network.counts().inFlight()).isEqualTo(1);
        network.send("a", "b", Delay.ofMillis(1), () -> note("own"));
        clock.runAll();
        assertThat(events).containsExactly("answer of b@13", "own@13");
        assertThat(network.counts().inFlight()).isZero();
    }

    @Test
    void shouldLetTheReceiverAnswerLater() {
        network.<String>call(
                "a",
                "b",
                answer -> clock.scheduleMillis(7, () -> answer.accept("late")),
                this::note,
                () -> note("refused"));
        clock.runAll();
        assertThat(events).containsExactly("late@7");
    }

    @Test
    void shouldTellTheCallerWhenNobodyListens() {
        network.setDelay(Delay.ofMillis(2));
        stateOfC = EndpointState.REFUSING;
        call("a", "c");
        call("a", "nobody");
        network.detach("b");
        call("a", "b");
        clock.runAll();
        assertThat(events).containsExactly("refused@2", "refused@2", "refused@2");
        assertThat(network.counts()).isEqualTo(new NetworkCounts(3, 0, 3, 0, 0));
    }

    @Test
    void shouldLetABlackHoleNeitherHearNorSpeak() {
        stateOfC = EndpointState.BLACK_HOLE;
        call("a", "c");
        send("c", "a");
        clock.runAll();
        assertThat(events).isEmpty();
        assertThat(network.counts()).isEqualTo(new NetworkCounts(2, 0, 0, 0, 2));
    }

    @Test
    void shouldGoByTheReceiversStateWhenTheMessageArrives() {
        network.setDelay(Delay.ofMillis(10));
        send("a", "c");
        call("a", "c");
        clock.advanceMillis(5);
        stateOfC = EndpointState.BLACK_HOLE;
        send("c", "b");
        clock.advanceMillis(5);
        stateOfC = EndpointState.UP;
        clock.runAll();
        assertThat(events).isEmpty();
        assertThat(network.counts()).isEqualTo(new NetworkCounts(3, 0, 0, 0, 3));
    }

    @Test
    void shouldCutAPartitionInBothDirectionsButNotWhatIsOnItsWay() {
        network.setDelay(Delay.ofMillis(1));
        send("a", "b");
        network.putOnSide("b", 1);
        send("a", "b");
        send("b", "a");
        send("a", "c");
        assertThat(network.connects("a", "b")).isFalse();
        assertThat(network.connects("a", "c")).isTrue();
        clock.runAll();
        assertThat(events).containsExactly("ab@1", "ac@1");

        network.heal();
        send("b", "a");
        clock.runAll();
        assertThat(events).last().isEqualTo("ba@2");
    }

    @Test
    void shouldBlockOneDirectionSoThatRequestsArriveAndAnswersDoNot() {
        network.block("b", "a");
        network.<String>call(
                "a",
                "b",
                answer -> {
                    note("asked");
                    answer.accept("b");
                },
                this::note,
                () -> note("refused"));
        assertThat(events).containsExactly("asked@0");
        send("b", "c");
        assertThat(events).last().isEqualTo("bc@0");
        network.heal();
        send("b", "a");
        assertThat(events).last().isEqualTo("ba@0");
    }

    @Test
    void shouldKeepWhatArrivesAtAStalledEndpointUntilItRunsAgain() {
        network.setDelay(Delay.ofMillis(2));
        network.stall("b", 50_000_000);
        clock.advanceMillis(10);
        assertThat(network.stalledNanos("b")).isEqualTo(40_000_000);
        call("a", "b");
        clock.runAll();
        assertThat(events).containsExactly("answer of b@54");
        assertThat(network.stalledNanos("b")).isZero();
    }

    @Test
    void shouldLoseAsManyAsItIsToldTo() {
        network.setLossPercent(10);
        for (int i = 0; i < 10_000; i++) {
            send("a", "b");
        }
        assertThat(network.counts().lost()).isBetween(900L, 1_100L);
        assertThat(network.counts().delivered()).isEqualTo(events.size());
        network.setLossPercent(100);
        send("a", "b");
        assertThat(network.counts().delivered()).isEqualTo(events.size());
        assertThatThrownBy(() -> network.setLossPercent(101))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("loss: 101 % (expected: 0 to 100)");
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    void shouldDoTheSameAgainWithTheSameSeed(long seed) {
        assertThat(trafficOf(seed)).isEqualTo(trafficOf(seed)).isNotEqualTo(trafficOf(seed + 10));
    }

    private static List<String> trafficOf(long seed) {
        VirtualClock ownClock = new VirtualClock();
        SimulatedNetwork own = new SimulatedNetwork(ownClock, new Random(seed));
        own.attach("a");
        own.attach("b");
        own.setLossPercent(20);
        own.setDelay(Delay.logNormalNanos(1_000_000));
        own.setDelayTo("a", Delay.uniformMillis(5));
        List<String> arrivals = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int message = i;
            own.send(
                    i % 2 == 0 ? "a" : "b",
                    i % 2 == 0 ? "b" : "a",
                    () -> arrivals.add(message + "@" + ownClock.nanoTime()));
        }
        ownClock.runAll();
        return arrivals;
    }
}
