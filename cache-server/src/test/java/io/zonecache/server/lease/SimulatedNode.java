package io.zonecache.server.lease;

import io.zonecache.model.ZoneView;
import io.zonecache.testkit.time.VirtualClock;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A process that comes and goes, with the real lease table in it. */
final class SimulatedNode {

    final String id;
    private final VirtualClock time;
    private final LeaseLimits limits;
    private final Random random;

    @Nullable
    LeaseTable table;

    @Nullable
    ZoneView view;

    boolean connected = true;
    boolean draining;
    private boolean frozen;
    private long life;
    private long tickRound;
    private final List<Runnable> inbox = new ArrayList<>();

    private final OfferedShares offered;

    SimulatedNode(String id, VirtualClock time, LeaseLimits limits, Random random) {
        this.id = id;
        this.time = time;
        this.limits = limits;
        this.random = random;
        this.offered = new OfferedShares(limits);
    }

    void start() {
        life++;
        frozen = false;
        draining = false;
        view = null;
        inbox.clear();
        offered.beginLife();
        table = new LeaseTable(id, limits, time::nanoTime, random);
    }

    void kill() {
        life++;
        table = null;
    }

    boolean runs() {
        return table != null && !frozen;
    }

    boolean isReachable() {
        return runs() && connected;
    }

    void freeze() {
        frozen = true;
    }

    void resume() {
        frozen = false;
        flushInbox();
        pump();
    }

    void disconnect() {
        connected = false;
    }

    void connect() {
        connected = true;
        flushInbox();
    }

    /**
     * What happens when a message that is sent to it now arrives: while the process is frozen or cut off, it lies in a socket until
     * later, or is lost.
     */
    Runnable onArrival(Runnable message) {
        long sentTo = life;
        return () -> {
            if (sentTo == life && table != null) {
                if (isReachable()) {
                    message.run();
                    pump();
                } else if (frozen || random.nextBoolean()) {
                    inbox.add(message);
                }
            }
        };
    }

    private void flushInbox() {
        if (isReachable()) {
            List<Runnable> messages = List.copyOf(inbox);
            inbox.clear();
            messages.forEach(Runnable::run);
            pump();
        }
    }

    /** A call of a client: only to a process that runs. */
    void call(Consumer<LeaseTable> call) {
        LeaseTable current = table;
        if (current != null && !frozen) {
            call.accept(current);
            pump();
        }
    }

    /** Leases that might run now, whatever clients have done. */
    int maxInALifetime() {
        LeaseTable current = table;
        if (current != null && !frozen) {
            offered.offer(current.stats().share(), time.nanoTime());
        }
        return offered.most(time.nanoTime());
    }

    private void pump() {
        LeaseTable current = table;
        if (current == null || frozen) {
            return;
        }
        maxInALifetime();
        current.tick();
        current.takeAnswers().forEach(LeaseDelivery::deliver);
        long due = current.nextDueNanos();
        long round = ++tickRound;
        if (due != Long.MAX_VALUE) {
            time.schedule(due, () -> {
                if (round == tickRound) {
                    pump();
                }
            });
        }
    }
}
