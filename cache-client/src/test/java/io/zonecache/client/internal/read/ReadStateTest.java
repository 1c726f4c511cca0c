package io.zonecache.client.internal.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.read.ReadState.PlaceState;
import io.zonecache.client.internal.read.ZoneRead.Basis;
import io.zonecache.model.CodeSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every combination of replies for the codes that matter, against a brute-force idea of what is possible. */
final class ReadStateTest {

    private static final long SEED = 0x5EED;

    /** What one place may have done. */
    private enum Reply {
        LEFT_OUT,
        AVOIDED,
        DOUBTED,
        NONE_YET,
        OWN_STRIPE,
        FIRST_STRIPE_AGAIN,
        STRIPE_OF_ANOTHER_CUT,
        MISSING,
        LOST,
        UNKNOWN,
        SUSPECT,
        SILENT
    }

    @Test
    void shouldDecideRightForEveryCombinationOfRepliesOf4Of5() {
        decidesRightForEveryCombination(CodeSpec.parse("4-of-5"));
    }

    @Test
    void shouldDecideRightForEveryCombinationOfRepliesOf4Of6() {
        decidesRightForEveryCombination(CodeSpec.parse("4-of-6"));
    }

    @Test
    void shouldDecideRightForSmallCodes() {
        for (String code : new String[] {"1-of-1", "1-of-2", "2-of-3", "3-of-4", "4-of-4"}) {
            decidesRightForEveryCombination(CodeSpec.parse(code));
        }
    }

    @Test
    void shouldDecideTheSameInWhateverOrderRepliesCome() {
        CodeSpec code = CodeSpec.parse("4-of-6");
        Random random = new Random(SEED);
        for (int run = 0; run < 20_000; run++) {
            Reply[] replies = random.ints(code.stripes(), 0, Reply.values().length)
                    .mapToObj(i -> Reply.values()[i])
                    .toArray(Reply[]::new);
            Integer[] order = {0, 1, 2, 3, 4, 5};
            java.util.Collections.shuffle(Arrays.asList(order), random);
            assertThat(planOf(code, replies, order).next())
                    .as("seed %d, run %d, %s in order %s", SEED, run, Arrays.toString(replies), Arrays.toString(order))
                    .isEqualTo(planOf(code, replies, inOrder(code)).next());
        }
    }

    @Test
    void shouldNeverCallAMissWhatCouldStillBecomeAHit() {
        CodeSpec code = CodeSpec.parse("4-of-5");
        ReadState plan = new ReadState(code, 5);
        setAll(plan, PlaceState.UNKNOWN);
        assertThat(plan.next()).isEqualTo(new ReadStep.Undecided());
        plan.set(0, PlaceState.MISSING);
        assertThat(plan.next()).isEqualTo(new ReadStep.Undecided());
        plan.set(1, PlaceState.MISSING);
        assertThat(plan.next()).isEqualTo(new ReadStep.Miss(Basis.PROVEN));
    }

    @Test
    void shouldExpectSeveralStripesOfAPlaceWhereNodesAreFewerThanStripes() {
        CodeSpec code = CodeSpec.parse("4-of-5");
        ReadState plan = new ReadState(code, 3);
        plan.set(0, PlaceState.LOST);
        assertThat(plan.next()).as("two nodes may have two stripes each").isEqualTo(new ReadStep.Wait());
        plan.set(1, PlaceState.MISSING);
        assertThat(plan.next()).isEqualTo(new ReadStep.Miss(Basis.PROVEN));
    }

    @Test
    void shouldLoseNoMoreThanMStripesToDoubts() {
        ReadState plan = new ReadState(CodeSpec.parse("4-of-6"), 6);
        assertThat(plan.sparePlaces()).isEqualTo(2);
        plan.set(3, PlaceState.LOST);
        assertThat(plan.sparePlaces()).isEqualTo(1);
        plan.set(4, PlaceState.LOST);
        plan.set(5, PlaceState.LOST);
        assertThat(plan.sparePlaces()).isZero();
        plan = new ReadState(CodeSpec.parse("4-of-6"), 6);
        StripeLayout layout = new StripeLayout(CodeSpec.parse("4-of-6"), 1_000, 1);
        for (int i = 0; i < 4; i++) {
            hold(plan, i, layout, i);
        }
        plan.distrust(layout);
        assertThat(plan.sparePlaces())
                .as("one is needed to find the corrupt one")
                .isEqualTo(1);
        plan = new ReadState(CodeSpec.parse("4-of-5"), 3);
        assertThat(plan.sparePlaces()).as("a node has two stripes").isZero();
        assertThat(plan.placesNeeded()).isEqualTo(2);
    }

    @Test
    void shouldAskAvoidedAndSilentNodesOnlyAfterThoseLeftOut() {
        ReadState plan = new ReadState(CodeSpec.parse("4-of-6"), 6);
        plan.set(0, PlaceState.SKIPPED);
        plan.set(1, PlaceState.AVOIDED);
        plan.set(4, PlaceState.LEFT_OUT);
        assertThat(plan.rest()).containsExactly(4);
        plan.set(4, PlaceState.ASKED);
        assertThat(plan.rest()).containsExactly(1);
        assertThat(plan.hedges()).containsExactly(1);
        plan.set(1, PlaceState.ASKED);
        assertThat(plan.rest()).containsExactly(0);
        assertThat(plan.hedges()).as("a silent node is no help to a late read").isEmpty();
        plan.set(0, PlaceState.ASKED);
        assertThat(plan.rest()).isEmpty();
    }

    @Test
    void shouldBeAMissWithoutAnyNode() {
        ReadState plan = new ReadState(CodeSpec.parse("4-of-5"), 0);
        assertThat(plan.next()).isEqualTo(new ReadStep.Miss(Basis.PROVEN));
    }

    @Test
    void shouldDecodeStripesOfACodeThatTheZoneUsedBefore() {
        CodeSpec now = CodeSpec.parse("4-of-5");
        ReadState plan = new ReadState(now, 5);
        setAll(plan, PlaceState.MISSING);
        StripeLayout before = new StripeLayout(CodeSpec.parse("2-of-3"), 100, 7);
        hold(plan, 0, before, 2);
        assertThat(plan.next()).isEqualTo(new ReadStep.Miss(Basis.PROVEN));
        hold(plan, 1, before, 0);
        assertThat(plan.next()).isEqualTo(new ReadStep.Decode());
        assertThat(plan.decodable()).isEqualTo(before);
    }

    @Test
    void shouldWantOneMoreStripeAfterEachDecodingThatTurnedOutWrong() {
        CodeSpec code = CodeSpec.parse("4-of-6");
        StripeLayout layout = new StripeLayout(code, 1_000, 1);
        ReadState plan = new ReadState(code, 6);
        for (int i = 0; i < 4; i++) {
            hold(plan, i, layout, i);
        }
        assertThat(plan.next()).isEqualTo(new ReadStep.Decode());
        plan.distrust(layout);
        plan.endDecoding();
        assertThat(plan.next()).isEqualTo(new ReadStep.Wait());
        hold(plan, 4, layout, 4);
        assertThat(plan.next()).isEqualTo(new ReadStep.Decode());
        plan.distrust(layout);
        plan.endDecoding();
        plan.set(5, PlaceState.UNKNOWN);
        assertThat(plan.next()).isEqualTo(new ReadStep.Undecided());
        hold(plan, 5, layout, 5);
        assertThat(plan.next()).isEqualTo(new ReadStep.Decode());
        plan.distrust(layout);
        plan.endDecoding();
        assertThat(plan.isExhausted(layout)).isTrue();
        assertThat(plan.next()).isEqualTo(new ReadStep.Miss(Basis.PROVEN));
    }

    @Test
    void shouldDecodeOnceHoweverOftenItIsAskedUntilThatHasEnded() {
        CodeSpec code = CodeSpec.parse("2-of-3");
        StripeLayout layout = new StripeLayout(code, 1_000, 1);
        ReadState plan = new ReadState(code, 3);
        hold(plan, 0, layout, 0);
        hold(plan, 1, layout, 1);
        assertThat(plan.next()).isEqualTo(new ReadStep.Decode());
        assertThat(plan.isReading()).isFalse();
        plan.set(2, PlaceState.MISSING);
        assertThat(plan.next()).isEqualTo(new ReadStep.Wait());
        plan.distrust(layout);
        plan.endDecoding();
        assertThat(plan.next()).isEqualTo(new ReadStep.Miss(Basis.PROVEN));
    }

    @Test
    void shouldCallItAMissForALeaseOnlyWhereSilentNodesAreNeeded() {
        CodeSpec code = CodeSpec.parse("4-of-5");
        StripeLayout layout = new StripeLayout(code, 1_000, 1);
        ReadState plan = new ReadState(code, 5);
        for (int i = 0; i < 3; i++) {
            hold(plan, i, layout, i);
        }
        plan.set(3, PlaceState.SILENT);
        assertThat(plan.next()).as("one may bring it still").isEqualTo(new ReadStep.Wait());
        plan.set(4, PlaceState.SUSPECT);
        assertThat(plan.next()).as("silent for a moment").isEqualTo(new ReadStep.Undecided());
        plan.set(4, PlaceState.SILENT);
        assertThat(plan.next()).isEqualTo(new ReadStep.Miss(Basis.SILENT_NODES));
        plan.set(4, PlaceState.MISSING);
        assertThat(plan.next()).isEqualTo(new ReadStep.Miss(Basis.SILENT_NODES));
        plan.set(3, PlaceState.MISSING);
        assertThat(plan.next()).isEqualTo(new ReadStep.Miss(Basis.PROVEN));
    }

    @Test
    void shouldPutThePurgeAboveEverything() {
        CodeSpec code = CodeSpec.parse("1-of-2");
        ReadState plan = new ReadState(code, 2);
        hold(plan, 0, new StripeLayout(code, 10, 1), 0);
        plan.purge();
        assertThat(plan.next()).isEqualTo(new ReadStep.Purged());
    }

    private static void decidesRightForEveryCombination(CodeSpec code) {
        int n = code.stripes();
        int kinds = Reply.values().length;
        long combinations = Math.round(Math.pow(kinds, n));
        for (long combination = 0; combination < combinations; combination++) {
            Reply[] replies = new Reply[n];
            long rest = combination;
            for (int i = 0; i < n; i++) {
                replies[i] = Reply.values()[(int) (rest % kinds)];
                rest /= kinds;
            }
            ReadStep decision = planOf(code, replies, inOrder(code)).next();
            if (!decision.equals(expected(code, replies))) {
                assertThat(decision)
                        .as("%s: %s", code, Arrays.toString(replies))
                        .isEqualTo(expected(code, replies));
            }
        }
    }

    /** From the definition: a hit needs k distinct stripes of one layout; each place that has not answered may bring one more of any. */
    private static ReadStep expected(CodeSpec code, Reply[] replies) {
        BitSet own = new BitSet();
        BitSet other = new BitSet();
        int open = 0;
        int asked = 0;
        int unsure = 0;
        List<Integer> leftOut = new ArrayList<>();
        List<Integer> avoided = new ArrayList<>();
        boolean isWaiting = false;
        for (int i = 0; i < replies.length; i++) {
            switch (replies[i]) {
                case OWN_STRIPE -> own.set(i);
                case FIRST_STRIPE_AGAIN -> own.set(0);
                case STRIPE_OF_ANOTHER_CUT -> other.set(i);
                case LEFT_OUT -> {
                    open++;
                    leftOut.add(i);
                }
                case AVOIDED -> {
                    open++;
                    avoided.add(i);
                }
                case DOUBTED -> {
                    open++;
                    isWaiting = true;
                }
                case NONE_YET -> {
                    open++;
                    asked++;
                    isWaiting = true;
                }
                case UNKNOWN, SUSPECT -> {
                    open++;
                    unsure++;
                }
                case SILENT -> open++;
                default -> {}
            }
        }
        int best = Math.max(own.cardinality(), other.cardinality());
        if (best >= code.data()) {
            return new ReadStep.Decode();
        }
        if (best + open < code.data()) {
            return new ReadStep.Miss(Basis.PROVEN);
        }
        if (leftOut.size() + avoided.size() > 0 && best + asked < code.data()) {
            return new ReadStep.Ask(leftOut.isEmpty() ? avoided : leftOut);
        }
        if (isWaiting) {
            return new ReadStep.Wait();
        }
        return best + unsure < code.data() ? new ReadStep.Miss(Basis.SILENT_NODES) : new ReadStep.Undecided();
    }

    private static ReadState planOf(CodeSpec code, Reply[] replies, Integer[] order) {
        StripeLayout own = new StripeLayout(code, 1_000, 1);
        StripeLayout other = new StripeLayout(code, 1_000, 2);
        ReadState plan = new ReadState(code, code.stripes());
        for (int place : order) {
            switch (replies[place]) {
                case NONE_YET -> {}
                case LEFT_OUT -> plan.set(place, PlaceState.LEFT_OUT);
                case AVOIDED -> plan.set(place, PlaceState.AVOIDED);
                case DOUBTED -> plan.set(place, PlaceState.DOUBTED);
                case OWN_STRIPE -> hold(plan, place, own, place);
                case FIRST_STRIPE_AGAIN -> hold(plan, place, own, 0);
                case STRIPE_OF_ANOTHER_CUT -> hold(plan, place, other, place);
                case MISSING -> plan.set(place, PlaceState.MISSING);
                case LOST -> plan.set(place, PlaceState.LOST);
                case UNKNOWN -> plan.set(place, PlaceState.UNKNOWN);
                case SUSPECT -> plan.set(place, PlaceState.SUSPECT);
                case SILENT -> plan.set(place, PlaceState.SILENT);
            }
        }
        return plan;
    }

    private static void hold(ReadState plan, int place, StripeLayout layout, int index) {
        plan.hold(layout, index);
        plan.set(place, PlaceState.HELD);
    }

    private static void setAll(ReadState plan, PlaceState state) {
        plan.all(PlaceState.ASKED).forEach(place -> plan.set(place, state));
    }

    private static Integer[] inOrder(CodeSpec code) {
        Integer[] order = new Integer[code.stripes()];
        Arrays.setAll(order, i -> i);
        return order;
    }
}
