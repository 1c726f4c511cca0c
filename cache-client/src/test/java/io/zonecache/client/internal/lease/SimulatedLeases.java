package io.zonecache.client.internal.lease;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.zonecache.client.internal.time.VirtualTimer;
import io.zonecache.client.internal.transport.LeaseReply;
import io.zonecache.client.internal.transport.LeaseRequest;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.model.ZoneView;
import io.zonecache.server.lease.LeaseAnswer;
import io.zonecache.server.lease.LeaseDelivery;
import io.zonecache.server.lease.LeaseLimits;
import io.zonecache.server.lease.LeaseQuestion;
import io.zonecache.server.lease.LeaseTable;
import java.util.Random;
import java.util.function.Consumer;

/** A node's lease table in virtual time. */
public final class SimulatedLeases {

    private final VirtualTimer timer;
    private final LeaseTable table;
    private boolean isClosed;

    /** Grants nothing in its first lease lifetime. */
    public SimulatedLeases(String node, ZoneView view, VirtualTimer timer, Random random) {
        this.timer = timer;
        this.table = new LeaseTable(node, LeaseLimits.DEFAULT, timer::nanoTime, random);
        table.viewChanged(view);
        table.confirmed(0);
    }

    /** Leases and requests that wait for one. */
    public LeaseTable table() {
        return table;
    }

    public void acquire(ChunkKey key, String client, LeaseRequest question, Consumer<LeaseReply> reply) {
        table.confirmed(0);
        table.request(
                key,
                new LeaseQuestion(client, question.waitMillis(), question.seenFilled(), question.kind(), null),
                answer -> reply.accept(translate(answer)));
        deliver();
    }

    public void end(ChunkKey key, String lease, LeaseOutcome outcome) {
        table.confirmed(0);
        table.end(key, lease, outcome);
        deliver();
    }

    /** As with a process that was killed: nobody who waits is answered. */
    public void close() {
        isClosed = true;
    }

    private void deliver() {
        table.takeAnswers().forEach(LeaseDelivery::deliver);
        long due = table.nextDueNanos();
        if (due != Long.MAX_VALUE) {
            timer.schedule(due + MILLISECONDS.toNanos(1), () -> {
                if (!isClosed) {
                    table.confirmed(0);
                    table.tick();
                    deliver();
                }
            });
        }
    }

    private static LeaseReply translate(LeaseAnswer answer) {
        if (answer instanceof LeaseAnswer.Granted granted) {
            return new LeaseReply.Granted(granted.lease(), granted.expiresInMillis());
        }
        if (answer instanceof LeaseAnswer.Refused refused) {
            return new LeaseReply.Refused(refused.code(), refused.detail(), refused.retryAfterMillis());
        }
        return answer instanceof LeaseAnswer.Filled ? new LeaseReply.Filled() : new LeaseReply.Absent();
    }
}
