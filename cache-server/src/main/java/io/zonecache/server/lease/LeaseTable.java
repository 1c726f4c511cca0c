package io.zonecache.server.lease;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.ZoneView;
import io.zonecache.server.lease.Fill.Lease;
import io.zonecache.server.lease.LeaseAnswer.Refused;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The fill leases of one node: pure logic, driven by requests, a clock and views.
 *
 * <p><b>Promise.</b> One lease a chunk. No more leases run than the node's part of the origin budget allowed when the newest of
 * them was granted ({@link OriginRight}, which holds the reasoning about the whole zone). One client holds at most a quarter of
 * that, and at least one. A slot is free only when its lease was ended or its lifetime is over.
 *
 * <p><b>Representation.</b> A {@link Fill} for each chunk that has a lease or waiters. Leases all live equally long, so their
 * order of grant is their order of expiry: a linked map. Waiters stand in a tree by deadline, and in their fill by arrival. Fills
 * that have waiters and no lease stand in a tree by number of waiters. What is known of chunks without a fill is kept for
 * seconds, in bounded maps.
 *
 * <p><b>Order.</b> A freed slot goes to the chunk with most waiters, since one fetch serves them all. Among a chunk's waiters
 * the one that came first gets the lease, and the others wait for the fill. Waiters whose client holds its quarter are passed over.
 *
 * <p><b>Cost.</b> O(log waiting) for a request, an end, a cancellation and each expiry, but: an end answers all waiters of its
 * chunk, and a freed slot passes over the waiters of clients that hold their quarter, at most {@code maxWaiting} in all, before it
 * finds one to serve. Memory is bounded by {@code maxWaiting}, the share, and {@code maxRemembered}.
 *
 * <p>Answers are handed out by {@link #takeAnswers} after each call, so that nothing runs inside the table. Not thread-safe.
 */
public final class LeaseTable {

    /** A client's name counts in full up to here; the rest would only be memory that a stranger chooses. */
    static final int MAX_CLIENT_CHARS = 128;

    private static final long NEVER = Long.MAX_VALUE;

    private final LeaseLimits limits;
    private final LongSupplier nanoClock;
    private final RandomGenerator random;
    private final long startNanos;
    private final long lifetimeNanos;

    private final Map<ChunkKey, Fill> fills = new HashMap<>();
    private final NavigableSet<Fill> queue = new TreeSet<>(Fill.MAX_WAITERS_FIRST);
    private final NavigableSet<LeaseWaiter> waiters = new TreeSet<>(LeaseWaiter.BY_DEADLINE);
    private final LinkedHashMap<String, Lease> leases = new LinkedHashMap<>();
    private final Map<String, Integer> heldByClient = new HashMap<>();
    private final Deque<LeaseDelivery> answers = new ArrayDeque<>();

    private final ChunkMemory memory;
    private final Refusals refusals;
    private final OriginRight right;
    private final LeaseCounts counts = new LeaseCounts();

    private long sequence;
    private int servedLimit;

    /** @param random names the leases: secure in a node, since who knows a lease can end it */
    public LeaseTable(String nodeId, LeaseLimits limits, LongSupplier nanoClock, RandomGenerator random) {
        this.limits = limits;
        this.nanoClock = nanoClock;
        this.random = random;
        this.startNanos = nanoClock.getAsLong();
        this.lifetimeNanos = MILLISECONDS.toNanos(limits.lifetimeMillis());
        this.memory = new ChunkMemory(limits, random);
        this.refusals = new Refusals(limits);
        this.right = new OriginRight(nodeId, limits);
    }

    /**
     * Asks for the lease of a chunk; the callback gets exactly one answer unless the waiter is cancelled.
     *
     * @param client who asks: what may hold a quarter of the share
     * @param waitMillis for how long to wait at most for the fill of another or for a slot; 0 or less: answer at once
     * @param seenFilled whether the client was told {@code FILLED}, read again and still missed
     */
    public LeaseWaiter request(
            ChunkKey key, String client, long waitMillis, boolean seenFilled, Consumer<LeaseAnswer> callback) {
        long now = advance();
        long waitNanos = MILLISECONDS.toNanos(Math.max(0, Math.min(waitMillis, limits.maxWaitMillis())));
        String name = client.length() <= MAX_CLIENT_CHARS ? client : client.substring(0, MAX_CLIENT_CHARS);
        LeaseWaiter waiter = new LeaseWaiter(name, sequence++, now + waitNanos, callback);
        LeaseAnswer known = knownAnswer(key, seenFilled, now);
        if (known != null) {
            answer(waiter, known);
            return waiter;
        }
        Fill fill = fills.get(key);
        if ((fill == null || fill.lease == null) && mayGrantTo(name, now)) {
            Fill granted = fill != null ? fill : newFill(key);
            queue.remove(granted);
            grant(granted, waiter, now);
        } else if (waitNanos == 0) {
            answer(waiter, notInTime(fill != null ? fill : new Fill(key, 0), waiter, now));
        } else if (waiters.size() >= limits.maxWaiting()) {
            answer(waiter, refusals.nodeQueueFull());
        } else if (fill != null && fill.waiters.size() >= limits.maxWaitingPerChunk()) {
            answer(waiter, refusals.chunkQueueFull(key));
        } else {
            enqueue(fill != null ? fill : newFill(key), waiter);
        }
        return waiter;
    }

    /** What can be said without waiting, or null. */
    private @Nullable LeaseAnswer knownAnswer(ChunkKey key, boolean seenFilled, long now) {
        LeaseAnswer answer = right.notResponsible(key);
        answer = answer != null ? answer : memory.answer(key, seenFilled, now);
        return answer != null ? answer : right.cutOff(now);
    }

    private boolean mayGrantTo(String client, long now) {
        int limit = right.limit(now);
        return leases.size() < limit && isBelowQuarter(client, limit);
    }

    private boolean isBelowQuarter(String client, int limit) {
        return heldByClient.getOrDefault(client, 0) < quarter(limit);
    }

    private static int quarter(int limit) {
        return Math.max(1, limit / 4);
    }

    private void grant(Fill fill, LeaseWaiter waiter, long now) {
        String id = leaseId();
        Lease lease = new Lease(id, fill, waiter.client, now + lifetimeNanos);
        fill.lease = lease;
        leases.put(id, lease);
        heldByClient.merge(waiter.client, 1, Integer::sum);
        memory.forgetFilled(fill.key);
        counts.granted++;
        answer(waiter, new LeaseAnswer.Granted(id, limits.lifetimeMillis()));
    }

    private String leaseId() {
        return String.format("%016x%016x", random.nextLong(), random.nextLong());
    }

    private Fill newFill(ChunkKey key) {
        Fill fill = new Fill(key, sequence++);
        fills.put(key, fill);
        return fill;
    }

    private void enqueue(Fill fill, LeaseWaiter waiter) {
        queue.remove(fill);
        fill.waiters.add(waiter);
        waiter.fill = fill;
        waiters.add(waiter);
        file(fill);
    }

    /** Puts a fill where its state belongs, after a change; it must have been taken out of the queue before. */
    private void file(Fill fill) {
        if (fill.isIdle()) {
            fills.remove(fill.key);
        } else if (fill.lease == null) {
            queue.add(fill);
        }
    }

    private void leaveQueue(LeaseWaiter waiter, Fill fill) {
        queue.remove(fill);
        fill.waiters.remove(waiter);
        waiters.remove(waiter);
        waiter.fill = null;
    }

    /**
     * Ends a lease, whoever asks for it. A lease that is over already changes nothing, except that {@code FILLED} of one that
     * expired a moment ago is believed: the zone holds the chunk. It frees no slot a second time.
     *
     * @return whether it made a difference
     */
    public boolean end(ChunkKey key, String leaseId, LeaseOutcome outcome) {
        long now = advance();
        Lease lease = leases.get(leaseId);
        if (lease != null && lease.fill().key.equals(key)) {
            release(lease);
            counts.ended(outcome);
        } else if (outcome != LeaseOutcome.FILLED || !memory.hasExpired(key, leaseId, now)) {
            return false;
        }
        Fill fill = fills.get(key);
        LeaseAnswer learnt = memory.learn(key, outcome, now);
        if (learnt != null && fill != null) {
            settle(fill, learnt);
        }
        if (fill != null) {
            queue.remove(fill);
            file(fill);
        }
        serveQueue(now);
        return true;
    }

    private void release(Lease lease) {
        leases.remove(lease.id());
        lease.fill().lease = null;
        heldByClient.computeIfPresent(lease.client(), (client, held) -> held == 1 ? null : held - 1);
    }

    private void settle(Fill fill, LeaseAnswer answer) {
        queue.remove(fill);
        for (LeaseWaiter waiter : fill.waiters) {
            waiters.remove(waiter);
            waiter.fill = null;
            answer(waiter, answer);
        }
        fill.waiters.clear();
        file(fill);
    }

    private void answer(LeaseWaiter waiter, LeaseAnswer answer) {
        if (answer instanceof Refused refused) {
            counts.refused(refused.reason());
        }
        answers.add(new LeaseDelivery(waiter.callback, answer));
    }

    /** The one who asked is gone: its callback gets no answer, unless it has been answered before. */
    public void cancel(LeaseWaiter waiter) {
        advance();
        Fill fill = waiter.fill;
        if (fill != null) {
            leaveQueue(waiter, fill);
            file(fill);
        }
    }

    /** A view newer than the one before. */
    public void viewChanged(ZoneView newView) {
        long now = advance();
        right.viewChanged(newView, now);
        serveQueue(now);
    }

    /** That long ago the zone's publisher, asked then, knew no newer view than this node has. */
    public void confirmed(long agoNanos) {
        right.confirmed(now() - agoNanos);
    }

    /** Grants nothing from now on and sends all who wait elsewhere; leases that run may still be ended. */
    public void drain() {
        advance();
        right.drain();
        for (Fill fill : List.copyOf(fills.values())) {
            Refused answer = right.notResponsible(fill.key);
            if (answer != null) {
                settle(fill, answer);
            }
        }
    }

    /** Does what time has made due. */
    public void tick() {
        advance();
    }

    private long now() {
        return nanoClock.getAsLong() - startNanos;
    }

    /** Lets time pass: ends leases and waits that are over, and hands their slots on. */
    private long advance() {
        long now = now();
        boolean freed = false;
        for (Lease lease = oldestLease(); lease != null && lease.expiresNanos() <= now; lease = oldestLease()) {
            release(lease);
            counts.expired++;
            memory.expired(lease.fill().key, lease.id(), now);
            file(lease.fill());
            freed = true;
        }
        while (!waiters.isEmpty() && waiters.first().deadlineNanos <= now) {
            LeaseWaiter late = waiters.first();
            Fill fill = Objects.requireNonNull(late.fill);
            answer(late, notInTime(fill, late, now));
            leaveQueue(late, fill);
            file(fill);
        }
        if (freed || right.limit(now) > servedLimit) {
            serveQueue(now);
        }
        servedLimit = right.limit(now);
        return now;
    }

    private @Nullable Lease oldestLease() {
        return leases.isEmpty() ? null : leases.values().iterator().next();
    }

    /** Why the wait, if there was any, was in vain. */
    private Refused notInTime(Fill fill, LeaseWaiter waiter, long now) {
        Lease lease = fill.lease;
        if (lease != null) {
            return refusals.filling(fill.key, lease.expiresNanos() - now);
        }
        if (now < lifetimeNanos) {
            return refusals.starting(now);
        }
        int limit = right.limit(now);
        return leases.size() >= limit
                ? refusals.shareTaken(leases.size(), limit)
                : refusals.clientShareTaken(waiter.client, heldByClient.getOrDefault(waiter.client, 0), quarter(limit));
    }

    /** Gives free slots to those who wait. */
    private void serveQueue(long now) {
        int limit = right.limit(now);
        while (leases.size() < limit) {
            LeaseWaiter next = nextToServe(limit);
            if (next == null) {
                return;
            }
            Fill fill = Objects.requireNonNull(next.fill);
            leaveQueue(next, fill);
            Refused moved = right.notResponsible(fill.key);
            if (moved == null) {
                grant(fill, next, now);
            } else {
                answer(next, moved);
                settle(fill, moved);
            }
        }
    }

    private @Nullable LeaseWaiter nextToServe(int limit) {
        for (Fill fill : queue) {
            for (LeaseWaiter waiter : fill.waiters) {
                if (isBelowQuarter(waiter.client, limit)) {
                    return waiter;
                }
            }
        }
        return null;
    }

    /** Nanoseconds until {@link #tick} has something to do, or Long.MAX_VALUE if only a request, an end or a view can bring it. */
    public long nextDueNanos() {
        long now = now();
        long due = waiters.isEmpty() ? NEVER : waiters.first().deadlineNanos;
        Lease oldest = oldestLease();
        due = oldest == null ? due : Math.min(due, oldest.expiresNanos());
        due = queue.isEmpty() ? due : Math.min(due, right.nextRiseNanos(now));
        return due == NEVER ? NEVER : Math.max(0, due - now);
    }

    /** The answers since the last call, in order. */
    public List<LeaseDelivery> takeAnswers() {
        List<LeaseDelivery> taken = List.copyOf(answers);
        answers.clear();
        return taken;
    }

    public LeaseStats stats() {
        return new LeaseStats(
                right.limit(now()),
                leases.size(),
                waiters.size(),
                counts.granted,
                counts.endedWith(LeaseOutcome.FILLED),
                counts.endedWith(LeaseOutcome.FAILED),
                counts.endedWith(LeaseOutcome.ABSENT),
                counts.endedWith(LeaseOutcome.UNUSED),
                counts.expired,
                counts.refusals());
    }

    /** Whether this lease runs. */
    boolean holds(String leaseId) {
        return leases.containsKey(leaseId);
    }

    /** Everything remembered of chunks and clients: what must stay bounded. */
    int entries() {
        return fills.size() + memory.size() + heldByClient.size() + answers.size();
    }
}
