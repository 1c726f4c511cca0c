package io.zonecache.server.lease;

import static io.zonecache.server.lease.LeaseBench.key;
import static org.assertj.core.api.Assertions.fail;

import io.zonecache.model.LeaseOutcome;
import io.zonecache.server.lease.LeaseBench.Asker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every sequence of a few steps, with what must hold after each step of each. */
class LeaseSequencesTest {

    private static final int STEPS = Integer.getInteger("zonecache.leaseSteps", 5);

    private enum Step {
        ASK_1_BY_A,
        ASK_1_BY_B,
        ASK_2_BY_A,
        ASK_2_BY_C,
        END_OLDEST_FILLED,
        END_OLDEST_FAILED,
        END_NEWEST_UNUSED,
        CANCEL_OLDEST,
        TWO_SECONDS,
        FIVE_SECONDS
    }

    private static final List<Step> ALL = List.of(Step.values());

    @ParameterizedTest(name = "share {0}")
    @ValueSource(ints = {1, 2})
    void shouldKeepItsPromisesInEverySequenceOfSteps(int share) {
        int sequences = (int) Math.pow(ALL.size(), STEPS);
        for (int number = 0; number < sequences; number++) {
            new Run(share, number).play();
        }
    }

    private static final class Run {
        private final int share;
        private final Step[] steps = new Step[STEPS];
        private final LeaseBench bench;
        private final List<Asker> askers = new ArrayList<>();
        private final List<Asker> holders = new ArrayList<>();
        private final Map<Asker, String> clients = new HashMap<>();
        private final Set<Asker> cancelled = new HashSet<>();

        Run(int share, int number) {
            this.share = share;
            this.bench = LeaseBench.withShare(share);
            int rest = number;
            for (int i = 0; i < STEPS; i++) {
                steps[i] = ALL.get(rest % ALL.size());
                rest /= ALL.size();
            }
        }

        void play() {
            for (Step step : steps) {
                play(step);
                check();
            }
            bench.after(30_000);
            check();
            for (Asker asker : askers) {
                require(asker.answers.size() == (cancelled.contains(asker) ? 0 : 1), "an asker without its one answer");
            }
            require(bench.table.stats().inUse() == 0 && bench.table.stats().waiting() == 0, "something left");
        }

        private void play(Step step) {
            switch (step) {
                case ASK_1_BY_A -> ask(1, "a");
                case ASK_1_BY_B -> ask(1, "b");
                case ASK_2_BY_A -> ask(2, "a");
                case ASK_2_BY_C -> ask(2, "c");
                case END_OLDEST_FILLED -> end(0, LeaseOutcome.FILLED);
                case END_OLDEST_FAILED -> end(0, LeaseOutcome.FAILED);
                case END_NEWEST_UNUSED -> end(holders.size() - 1, LeaseOutcome.UNUSED);
                case CANCEL_OLDEST ->
                    askers.stream().filter(Asker::waits).findFirst().ifPresent(asker -> {
                        if (cancelled.add(asker)) {
                            asker.cancel();
                        }
                    });
                case TWO_SECONDS -> bench.after(2_000);
                case FIVE_SECONDS -> bench.after(5_000);
            }
        }

        private void ask(int chunk, String client) {
            Asker asker = bench.ask(key(chunk), client, 2_000);
            askers.add(asker);
            clients.put(asker, client);
        }

        private void end(int holder, LeaseOutcome outcome) {
            if (holder >= 0 && holder < holders.size()) {
                bench.end(holders.get(holder), outcome);
                holders.remove(holder);
            }
        }

        private void check() {
            bench.deliver();
            LeaseTableStats stats = bench.table.stats();
            for (Asker asker : askers) {
                if (asker.holdsLease() && !holders.contains(asker) && bench.table.holds(asker.lease())) {
                    holders.add(asker);
                }
            }
            require(stats.inUse() <= share, "more leases than the share");
            long ended = stats.filled() + stats.failed() + stats.absent() + stats.unused() + stats.expired();
            require(stats.granted() == stats.inUse() + ended, "leases lost or ended twice");
            Set<String> chunksAndClients = new HashSet<>();
            for (Asker holder : holders) {
                if (bench.table.holds(holder.lease())) {
                    require(chunksAndClients.add("chunk " + holder.key), "two leases of one chunk");
                    require(chunksAndClients.add("client " + clients.get(holder)), "two leases of one client");
                }
            }
            boolean slotFree = stats.inUse() < share;
            for (Asker asker : askers) {
                require(asker.answers.size() <= 1, "two answers");
                boolean waits = asker.answers.isEmpty() && !cancelled.contains(asker);
                boolean blocked = chunksAndClients.contains("chunk " + asker.key)
                        || chunksAndClients.contains("client " + clients.get(asker));
                require(!waits || !slotFree || blocked, "a slot is free and somebody waits for one");
            }
        }

        private void require(boolean holds, String otherwise) {
            if (!holds) {
                fail("%s: share %d, %s", otherwise, share, Arrays.toString(steps));
            }
        }
    }
}
