package io.zonecache.server.lease;

import static io.zonecache.server.lease.LeaseBench.key;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.zonecache.model.KeyKind;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.server.lease.LeaseAnswer.Absent;
import io.zonecache.server.lease.LeaseAnswer.Filled;
import io.zonecache.server.lease.LeaseAnswer.Refused;
import io.zonecache.server.lease.LeaseBench.Asker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Readers of a key alone and of a range that it stands for, who ask for the lease of the same key. */
class LeaseKindsTest {

    private final LeaseBench bench = LeaseBench.withShare(4);

    private Asker ask(KeyKind kind, long waitMillis) {
        return bench.ask(key(1), "client " + kind, waitMillis, kind);
    }

    private static KeyKind other(KeyKind kind) {
        return kind == KeyKind.PLAIN ? KeyKind.RANGE : KeyKind.PLAIN;
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellThatAChunkIsAbsentToWhoReadsByTheHoldersKindOfKeyAlone(KeyKind kind) {
        Asker holder = ask(kind, 0);
        Asker otherKind = ask(other(kind), 2_000);
        Asker sameKind = ask(kind, 2_000);
        Asker nextOfOtherKind = ask(other(kind), 2_000);
        bench.end(holder, LeaseOutcome.ABSENT);
        assertThat(sameKind.answer()).isEqualTo(new Absent());
        assertThat(otherKind.holdsLease()).as("served at once, in its turn").isTrue();
        assertThat(nextOfOtherKind.waits()).isTrue();
        assertThat(ask(kind, 0).answer()).isEqualTo(new Absent());
        bench.end(otherKind, LeaseOutcome.FILLED);
        assertThat(nextOfOtherKind.answer()).isEqualTo(new Filled());
    }

    @Test
    void shouldRememberThatAChunkIsAbsentByOneKindOfKeyBesideTheOther() {
        for (KeyKind kind : KeyKind.values()) {
            bench.end(ask(kind, 0), LeaseOutcome.ABSENT);
        }
        for (KeyKind kind : KeyKind.values()) {
            assertThat(ask(kind, 0).answer()).as("%s", kind).isEqualTo(new Absent());
        }
        bench.after(5_000);
        assertThat(ask(KeyKind.PLAIN, 0).holdsLease()).isTrue();
    }

    @ParameterizedTest
    @EnumSource
    void shouldTellBothKindsOfReadersThatAChunkIsFilled(KeyKind kind) {
        bench.end(ask(other(kind), 0), LeaseOutcome.ABSENT);
        Asker holder = ask(kind, 0);
        bench.end(holder, LeaseOutcome.FILLED);
        for (KeyKind asking : KeyKind.values()) {
            assertThat(ask(asking, 0).answer()).as("%s", asking).isEqualTo(new Filled());
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldLeaveAChunkAloneForBothKindsOfReadersAfterAFailedFill(KeyKind kind) {
        Asker holder = ask(kind, 0);
        Asker waiter = ask(other(kind), 2_000);
        bench.end(holder, LeaseOutcome.FAILED);
        assertThat(waiter.answer()).isInstanceOf(Refused.class);
        for (KeyKind asking : KeyKind.values()) {
            assertThat(ask(asking, 0).answer()).as("%s", asking).isInstanceOf(Refused.class);
        }
    }

    private enum Step {
        ASK_PLAIN,
        ASK_RANGE,
        END_ABSENT,
        END_FILLED,
        END_UNUSED,
        CANCEL_OLDEST,
        TWO_SECONDS
    }

    private static final int STEPS = 6;
    private static final List<Step> ALL = List.of(Step.values());

    /** Every sequence of a few steps. */
    @Test
    void shouldNeverTellOneKindOfReaderWhatIsAbsentByTheOther() {
        int sequences = (int) Math.pow(ALL.size(), STEPS);
        for (int number = 0; number < sequences; number++) {
            new Run(number).play();
        }
    }

    private static final class Run {

        private final Step[] steps = new Step[STEPS];
        private final LeaseBench bench = LeaseBench.withShare(1);
        private final Map<KeyKind, List<Asker>> askers = new EnumMap<>(KeyKind.class);
        private final List<Asker> all = new ArrayList<>();
        private final List<Asker> cancelled = new ArrayList<>();
        private final Set<KeyKind> foundAbsent = EnumSet.noneOf(KeyKind.class);

        Run(int number) {
            int rest = number;
            for (int i = 0; i < STEPS; i++) {
                steps[i] = ALL.get(rest % ALL.size());
                rest /= ALL.size();
            }
            for (KeyKind kind : KeyKind.values()) {
                askers.put(kind, new ArrayList<>());
            }
        }

        void play() {
            for (Step step : steps) {
                play(step);
                check();
            }
            bench.after(30_000);
            check();
            for (Asker asker : all) {
                require(asker.answers.size() == (cancelled.contains(asker) ? 0 : 1), "an asker without its one answer");
            }
        }

        private void play(Step step) {
            switch (step) {
                case ASK_PLAIN -> ask(KeyKind.PLAIN);
                case ASK_RANGE -> ask(KeyKind.RANGE);
                case END_ABSENT -> end(LeaseOutcome.ABSENT);
                case END_FILLED -> end(LeaseOutcome.FILLED);
                case END_UNUSED -> end(LeaseOutcome.UNUSED);
                case CANCEL_OLDEST ->
                    all.stream()
                            .filter(asker -> asker.waits() && !cancelled.contains(asker))
                            .findFirst()
                            .ifPresent(asker -> {
                                cancelled.add(asker);
                                asker.cancel();
                            });
                case TWO_SECONDS -> bench.after(2_000);
            }
        }

        private void ask(KeyKind kind) {
            Asker asker = bench.ask(key(1), "client " + all.size(), 2_000, kind);
            all.add(asker);
            of(kind).add(asker);
        }

        private List<Asker> of(KeyKind kind) {
            return askers.getOrDefault(kind, List.of());
        }

        private void end(LeaseOutcome outcome) {
            for (KeyKind kind : KeyKind.values()) {
                for (Asker asker : of(kind)) {
                    if (asker.holdsLease() && bench.table.holds(asker.lease())) {
                        if (outcome == LeaseOutcome.ABSENT) {
                            foundAbsent.add(kind);
                        }
                        bench.end(asker, outcome);
                        return;
                    }
                }
            }
        }

        private void check() {
            bench.deliver();
            for (KeyKind kind : KeyKind.values()) {
                boolean isToldAbsent = of(kind).stream().anyMatch(asker -> asker.answers.contains(new Absent()));
                require(!isToldAbsent || foundAbsent.contains(kind), "told of the other kind of key");
            }
            boolean isWaiting = all.stream().anyMatch(asker -> asker.waits() && !cancelled.contains(asker));
            require(!isWaiting || bench.table.stats().inUse() == 1, "a slot is free and somebody waits for one");
        }

        private void require(boolean holds, String otherwise) {
            if (!holds) {
                fail("%s: %s", otherwise, Arrays.toString(steps));
            }
        }
    }
}
