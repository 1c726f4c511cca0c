package io.zonecache.server.lease;

import static io.zonecache.server.lease.LeaseBench.key;
import static org.assertj.core.api.Assertions.fail;

import io.zonecache.model.LeaseNonce;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.server.lease.LeaseBench.Asker;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every sequence of a few steps of clients that ask again, are gone or miss their answers, with what must hold after each step. */
class RepeatedQuestionSequencesTest {

    private static final int STEPS = Integer.getInteger("zonecache.leaseSteps", 5);

    private enum Step {
        ASK_1_BY_A,
        ASK_1_BY_B,
        ASK_1_BY_OLD_CLIENT,
        ASK_2_BY_A,
        OLDEST_WAITER_GONE,
        NEWEST_GRANT_UNDELIVERED,
        END_OLDEST_FAILED,
        END_NEWEST_UNUSED,
        HALF_SECOND,
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
        private final Map<Asker, String> questions = new HashMap<>();
        private final Map<Asker, String> clients = new HashMap<>();
        private final Set<Asker> gone = new HashSet<>();

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
                require(asker.answers.size() == (gone.contains(asker) ? 0 : 1), "an asker without its one answer");
            }
            require(bench.table.stats().inUse() == 0 && bench.table.stats().waiting() == 0, "something left");
        }

        private void play(Step step) {
            switch (step) {
                case ASK_1_BY_A -> ask(1, "a", new LeaseNonce(1));
                case ASK_1_BY_B -> ask(1, "b", new LeaseNonce(2));
                case ASK_1_BY_OLD_CLIENT -> ask(1, "c", null);
                case ASK_2_BY_A -> ask(2, "a", new LeaseNonce(1));
                case OLDEST_WAITER_GONE ->
                    askers.stream()
                            .filter(asker -> asker.waits() && !gone.contains(asker))
                            .findFirst()
                            .ifPresent(asker -> {
                                gone.add(asker);
                                asker.cancel();
                            });
                case NEWEST_GRANT_UNDELIVERED -> {
                    for (int i = askers.size() - 1; i >= 0; i--) {
                        if (askers.get(i).holdsLease()) {
                            askers.get(i).undelivered();
                            return;
                        }
                    }
                }
                case END_OLDEST_FAILED ->
                    holders().stream().findFirst().ifPresent(holder -> bench.end(holder, LeaseOutcome.FAILED));
                case END_NEWEST_UNUSED -> {
                    List<Asker> holders = holders();
                    if (!holders.isEmpty()) {
                        bench.end(holders.get(holders.size() - 1), LeaseOutcome.UNUSED);
                    }
                }
                case HALF_SECOND -> bench.after(500);
                case FIVE_SECONDS -> bench.after(5_000);
            }
        }

        private void ask(int chunk, String client, @Nullable LeaseNonce nonce) {
            Asker asker =
                    nonce == null ? bench.ask(key(chunk), client, 2_000) : bench.ask(key(chunk), client, 2_000, nonce);
            askers.add(asker);
            clients.put(asker, client);
            questions.put(asker, nonce == null ? "question " + askers.size() : chunk + " " + nonce);
        }

        private List<Asker> holders() {
            return askers.stream()
                    .filter(asker -> asker.holdsLease() && bench.table.holds(asker.lease()))
                    .toList();
        }

        private void check() {
            bench.deliver();
            LeaseTableStats stats = bench.table.stats();
            require(stats.inUse() <= share, "more leases than the share");
            long ended = stats.filled() + stats.failed() + stats.absent() + stats.unused() + stats.expired();
            require(stats.granted() == stats.inUse() + ended, "leases lost or ended twice");
            Map<Object, String> leaseOfChunk = new HashMap<>();
            Set<String> blockedClients = new HashSet<>();
            for (Asker holder : holders()) {
                String other = leaseOfChunk.put(holder.key, holder.lease());
                require(other == null || other.equals(holder.lease()), "two leases of one chunk");
                blockedClients.add(clients.getOrDefault(holder, ""));
            }
            boolean slotFree = stats.inUse() < share;
            Set<String> waiting = new HashSet<>();
            for (Asker asker : askers) {
                require(asker.answers.size() <= 1, "two answers");
                boolean waits = asker.answers.isEmpty() && !gone.contains(asker);
                require(!waits || waiting.add(questions.getOrDefault(asker, "")), "one question waits twice");
                boolean blocked =
                        leaseOfChunk.containsKey(asker.key) || blockedClients.contains(clients.getOrDefault(asker, ""));
                require(!waits || !slotFree || blocked, "a slot is free and somebody waits for one");
            }
            require(stats.waiting() == waiting.size(), "waiters miscounted");
        }

        private void require(boolean holds, String otherwise) {
            if (!holds) {
                fail("%s: share %d, %s", otherwise, share, Arrays.toString(steps));
            }
        }
    }
}
