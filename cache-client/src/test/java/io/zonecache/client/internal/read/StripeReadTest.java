package io.zonecache.client.internal.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.read.StripeRead.Decision;
import io.zonecache.client.internal.read.StripeRead.Place;
import io.zonecache.model.CodeSpec;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Every combination of replies for the codes that matter, against a brute-force idea of what is possible. */
final class StripeReadTest {

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
        UNKNOWN
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
            assertThat(planOf(code, replies, order).decide())
                    .as("seed %d, run %d, %s in order %s", SEED, run, Arrays.toString(replies), Arrays.toString(order))
                    .isEqualTo(planOf(code, replies, inOrder(code)).decide());
        }
    }

    @Test
    void shouldNeverCallAMissWhatCouldStillBecomeAHit() {
        CodeSpec code = CodeSpec.parse("4-of-5");
        StripeRead plan = new StripeRead(code);
        plan.begin(code, places(5, Place.UNKNOWN));
        assertThat(plan.decide()).isEqualTo(Decision.UNCERTAIN);
        plan.set(0, Place.MISSING);
        assertThat(plan.decide()).isEqualTo(Decision.UNCERTAIN);
        plan.set(1, Place.MISSING);
        assertThat(plan.decide()).isEqualTo(Decision.MISS);
    }

    @Test
    void shouldExpectSeveralStripesOfAPlaceWhereNodesAreFewerThanStripes() {
        CodeSpec code = CodeSpec.parse("4-of-5");
        StripeRead plan = new StripeRead(code);
        plan.begin(code, places(3, Place.ASKED));
        plan.set(0, Place.LOST);
        assertThat(plan.decide()).as("two nodes may have two stripes each").isEqualTo(Decision.WAIT);
        plan.set(1, Place.MISSING);
        assertThat(plan.decide()).isEqualTo(Decision.MISS);
    }

    @Test
    void shouldLoseNoMoreThanMStripesToDoubts() {
        StripeRead plan = new StripeRead(CodeSpec.parse("4-of-6"));
        plan.begin(CodeSpec.parse("4-of-6"), places(6, Place.ASKED));
        assertThat(plan.sparePlaces()).isEqualTo(2);
        plan.set(3, Place.LOST);
        assertThat(plan.sparePlaces()).isEqualTo(1);
        plan.set(4, Place.LOST);
        plan.set(5, Place.LOST);
        assertThat(plan.sparePlaces()).isZero();
        plan.begin(CodeSpec.parse("4-of-6"), places(6, Place.ASKED));
        StripeLayout layout = new StripeLayout(CodeSpec.parse("4-of-6"), 1_000, 1);
        for (int i = 0; i < 4; i++) {
            hold(plan, i, layout, i);
        }
        plan.distrust(layout);
        assertThat(plan.sparePlaces()).as("one is needed to find the liar").isEqualTo(1);
        plan.begin(CodeSpec.parse("4-of-5"), places(3, Place.ASKED));
        assertThat(plan.sparePlaces()).as("a node has two stripes").isZero();
        assertThat(plan.placesNeeded()).isEqualTo(2);
    }

    @Test
    void shouldAskAvoidedNodesOnlyAfterThoseLeftOut() {
        StripeRead plan = new StripeRead(CodeSpec.parse("4-of-6"));
        plan.begin(CodeSpec.parse("4-of-6"), places(6, Place.ASKED));
        plan.set(1, Place.AVOIDED);
        plan.set(4, Place.LEFT_OUT);
        assertThat(plan.rest()).containsExactly(4);
        plan.set(4, Place.ASKED);
        assertThat(plan.rest()).containsExactly(1);
        plan.set(1, Place.ASKED);
        assertThat(plan.rest()).isEmpty();
    }

    @Test
    void shouldBeAMissWithoutAnyNode() {
        StripeRead plan = new StripeRead(CodeSpec.parse("4-of-5"));
        plan.begin(CodeSpec.parse("4-of-5"), new Place[0]);
        assertThat(plan.decide()).isEqualTo(Decision.MISS);
    }

    @Test
    void shouldDecodeStripesOfACodeThatTheZoneUsedBefore() {
        CodeSpec now = CodeSpec.parse("4-of-5");
        StripeRead plan = new StripeRead(now);
        plan.begin(now, places(5, Place.MISSING));
        StripeLayout before = new StripeLayout(CodeSpec.parse("2-of-3"), 100, 7);
        hold(plan, 0, before, 2);
        assertThat(plan.decide()).isEqualTo(Decision.MISS);
        hold(plan, 1, before, 0);
        assertThat(plan.decide()).isEqualTo(Decision.DECODE);
        assertThat(plan.decodable()).isEqualTo(before);
    }

    @Test
    void shouldWantOneMoreStripeAfterEachDecodingThatTurnedOutWrong() {
        CodeSpec code = CodeSpec.parse("4-of-6");
        StripeLayout layout = new StripeLayout(code, 1_000, 1);
        StripeRead plan = new StripeRead(code);
        plan.begin(code, places(6, Place.ASKED));
        for (int i = 0; i < 4; i++) {
            hold(plan, i, layout, i);
        }
        assertThat(plan.decide()).isEqualTo(Decision.DECODE);
        plan.distrust(layout);
        assertThat(plan.decide()).isEqualTo(Decision.WAIT);
        hold(plan, 4, layout, 4);
        assertThat(plan.decide()).isEqualTo(Decision.DECODE);
        plan.distrust(layout);
        plan.set(5, Place.UNKNOWN);
        assertThat(plan.decide()).isEqualTo(Decision.UNCERTAIN);
        hold(plan, 5, layout, 5);
        assertThat(plan.decide()).isEqualTo(Decision.DECODE);
        plan.distrust(layout);
        assertThat(plan.isHopeless(layout)).isTrue();
        assertThat(plan.decide()).isEqualTo(Decision.MISS);
    }

    @Test
    void shouldKeepStripesOverRounds() {
        CodeSpec code = CodeSpec.parse("4-of-5");
        StripeLayout layout = new StripeLayout(code, 1_000, 1);
        StripeRead plan = new StripeRead(code);
        plan.begin(code, places(5, Place.MISSING));
        for (int i = 0; i < 3; i++) {
            hold(plan, i, layout, i);
        }
        assertThat(plan.decide()).isEqualTo(Decision.MISS);
        plan.begin(code, new Place[] {Place.HELD, Place.HELD, Place.HELD, Place.ASKED, Place.ASKED});
        assertThat(plan.decide()).isEqualTo(Decision.WAIT);
        plan.set(4, Place.MISSING);
        hold(plan, 3, layout, 3);
        assertThat(plan.decide()).isEqualTo(Decision.DECODE);
    }

    @Test
    void shouldPutThePurgeAboveEverything() {
        CodeSpec code = CodeSpec.parse("1-of-2");
        StripeRead plan = new StripeRead(code);
        plan.begin(code, places(2, Place.ASKED));
        hold(plan, 0, new StripeLayout(code, 10, 1), 0);
        plan.purge();
        assertThat(plan.decide()).isEqualTo(Decision.PURGED);
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
            Decision decision = planOf(code, replies, inOrder(code)).decide();
            if (decision != expected(code, replies)) {
                assertThat(decision)
                        .as("%s: %s", code, Arrays.toString(replies))
                        .isEqualTo(expected(code, replies));
            }
        }
    }

    /** From the definition: a hit needs k distinct stripes of one layout; each place that has not answered may bring one more of any. */
    private static Decision expected(CodeSpec code, Reply[] replies) {
        BitSet own = new BitSet();
        BitSet other = new BitSet();
        int open = 0;
        int asked = 0;
        boolean isLeftOut = false;
        boolean isWaiting = false;
        for (int i = 0; i < replies.length; i++) {
            switch (replies[i]) {
                case OWN_STRIPE -> own.set(i);
                case FIRST_STRIPE_AGAIN -> own.set(0);
                case STRIPE_OF_ANOTHER_CUT -> other.set(i);
                case LEFT_OUT, AVOIDED -> {
                    open++;
                    isLeftOut = true;
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
                case UNKNOWN -> open++;
                default -> {}
            }
        }
        int best = Math.max(own.cardinality(), other.cardinality());
        if (best >= code.data()) {
            return Decision.DECODE;
        }
        if (best + open < code.data()) {
            return Decision.MISS;
        }
        if (isLeftOut && best + asked < code.data()) {
            return Decision.ASK_REST;
        }
        return isWaiting ? Decision.WAIT : Decision.UNCERTAIN;
    }

    private static StripeRead planOf(CodeSpec code, Reply[] replies, Integer[] order) {
        StripeLayout own = new StripeLayout(code, 1_000, 1);
        StripeLayout other = new StripeLayout(code, 1_000, 2);
        StripeRead plan = new StripeRead(code);
        plan.begin(code, places(code.stripes(), Place.ASKED));
        for (int place : order) {
            switch (replies[place]) {
                case NONE_YET -> {}
                case LEFT_OUT -> plan.set(place, Place.LEFT_OUT);
                case AVOIDED -> plan.set(place, Place.AVOIDED);
                case DOUBTED -> plan.set(place, Place.DOUBTED);
                case OWN_STRIPE -> hold(plan, place, own, place);
                case FIRST_STRIPE_AGAIN -> hold(plan, place, own, 0);
                case STRIPE_OF_ANOTHER_CUT -> hold(plan, place, other, place);
                case MISSING -> plan.set(place, Place.MISSING);
                case LOST -> plan.set(place, Place.LOST);
                case UNKNOWN -> plan.set(place, Place.UNKNOWN);
            }
        }
        return plan;
    }

    private static void hold(StripeRead plan, int place, StripeLayout layout, int index) {
        plan.hold(layout, index);
        plan.set(place, Place.HELD);
    }

    private static Place[] places(int count, Place state) {
        Place[] places = new Place[count];
        Arrays.fill(places, state);
        return places;
    }

    private static Integer[] inOrder(CodeSpec code) {
        Integer[] order = new Integer[code.stripes()];
        Arrays.setAll(order, i -> i);
        return order;
    }
}
