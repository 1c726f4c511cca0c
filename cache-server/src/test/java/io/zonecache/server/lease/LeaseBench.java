package io.zonecache.server.lease;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeName;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.KeyKind;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.LeaseNonce;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneSettings;
import io.zonecache.model.ZoneView;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A lease table on a workbench: time stands still until it is moved, and every answer is kept. */
final class LeaseBench {

    static final String NODE = "node-0";

    final LeaseTable table;
    final LeaseLimits limits;
    private long nowNanos = Long.MAX_VALUE - 1_000_000_000L; // like System.nanoTime, it may wrap
    private long epoch = 1;

    LeaseBench(LeaseLimits limits) {
        this.limits = limits;
        this.table = new LeaseTable(NODE, limits, () -> nowNanos, new Random(7));
    }

    /** A node alone in its zone that may lease so many fetches, past its first lease lifetime. */
    static LeaseBench withShare(int share) {
        return withShare(share, LeaseLimits.DEFAULT);
    }

    static LeaseBench withShare(int share, LeaseLimits limits) {
        LeaseBench bench = new LeaseBench(limits);
        bench.view(settings(share, 1), 1);
        bench.after(limits.lifetimeMillis());
        return bench;
    }

    static ZoneSettings settings(int leasable, int expectedNodes) {
        return new ZoneSettings(
                "z1", 1, KeyScheme.SHA256, new CodeSpec(CodeName.XOR, 4, 1), expectedNodes, leasable + 1, 1, 10);
    }

    void view(ZoneSettings settings, int nodes) {
        view(settings, 0, nodes);
    }

    void view(ZoneSettings settings, int firstNode, int nodes) {
        List<ZoneNode> members = new ArrayList<>();
        for (int i = firstNode; i < firstNode + nodes; i++) {
            members.add(new ZoneNode("node-" + i, "10.0.0." + i + ":7400", "host-" + i, 1, NodeState.UP));
        }
        table.viewChanged(new ZoneView(settings, epoch++, members));
        table.confirmed(0);
    }

    /** Lets time pass, doing what falls due in it when it falls due. The node stays in touch with the zone. */
    void after(long millis) {
        long end = nowNanos + MILLISECONDS.toNanos(millis);
        for (long due = table.nextDueNanos(); due <= end - nowNanos; due = table.nextDueNanos()) {
            nowNanos += due;
            table.confirmed(0);
            table.tick();
        }
        nowNanos = end;
        table.confirmed(0);
        table.tick();
    }

    /** Lets time pass without a word from the zone. */
    void cutOffFor(long millis) {
        nowNanos += MILLISECONDS.toNanos(millis);
        table.tick();
    }

    Asker ask(ChunkKey key) {
        return ask(key, "client", 0, false);
    }

    Asker ask(ChunkKey key, String client, long waitMillis) {
        return ask(key, client, waitMillis, false);
    }

    Asker ask(ChunkKey key, String client, long waitMillis, boolean seenFilled) {
        return ask(key, question(client, waitMillis, seenFilled));
    }

    /** Who reads by a range of an object, or by a key alone. */
    Asker ask(ChunkKey key, String client, long waitMillis, KeyKind kind) {
        return ask(key, new LeaseQuestion(client, waitMillis, false, kind, null));
    }

    /** A question that may be asked again, with the same nonce. */
    Asker ask(ChunkKey key, String client, long waitMillis, LeaseNonce nonce) {
        return ask(key, new LeaseQuestion(client, waitMillis, false, KeyKind.PLAIN, nonce));
    }

    private Asker ask(ChunkKey key, LeaseQuestion question) {
        Asker asker = new Asker(key);
        asker.waiter = table.request(key, question, asker.answers::add);
        deliver();
        return asker;
    }

    /** As clients of the version before ask it: without a nonce, and by a key alone. */
    static LeaseQuestion question(String client, long waitMillis, boolean seenFilled) {
        return new LeaseQuestion(client, waitMillis, seenFilled, KeyKind.PLAIN, null);
    }

    void end(Asker holder, LeaseOutcome outcome) {
        table.end(holder.key, holder.lease(), outcome);
        deliver();
    }

    void deliver() {
        table.takeAnswers().forEach(LeaseDelivery::deliver);
    }

    static ChunkKey key(long number) {
        return new ChunkKey(number, 0, 0, 0);
    }

    /** One request and what it was told. */
    final class Asker {
        final ChunkKey key;
        final List<LeaseAnswer> answers = new ArrayList<>();
        LeaseWaiter waiter;

        @SuppressWarnings("NullAway.Init")
        Asker(ChunkKey key) {
            this.key = key;
        }

        LeaseAnswer answer() {
            deliver();
            if (answers.size() != 1) {
                throw new AssertionError("answers: " + answers + " (expected: one)");
            }
            return answers.get(0);
        }

        boolean waits() {
            deliver();
            return answers.isEmpty();
        }

        boolean holdsLease() {
            deliver();
            return answers.size() == 1 && answers.get(0) instanceof LeaseAnswer.Granted;
        }

        String lease() {
            return ((LeaseAnswer.Granted) answer()).lease();
        }

        /** The answer could not be sent. */
        void undelivered() {
            table.undelivered(key, (LeaseAnswer.Granted) answer());
            deliver();
        }

        void cancel() {
            table.cancel(waiter);
            deliver();
        }
    }
}
