package io.zonecache.server.lease;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyKind;
import io.zonecache.model.LeaseNonce;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.model.ZoneView;
import io.zonecache.server.lease.ChunkMemory.Lesson;
import io.zonecache.server.lease.LeaseAnswer.Granted;
import io.zonecache.server.lease.LeaseAnswer.Refused;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The fill leases of one node: pure logic, driven by requests, a clock and views.
 *
 * <p><b>Promise.</b> One lease a chunk. No more leases run than the node's part of the origin budget allowed when the newest of
 * them was granted ({@link OriginRight}, which holds the reasoning about the whole zone). One client holds at most half of that
 * ({@link ClientQuota}). A slot is free only when its lease was ended or its lifetime is over.
 *
 * <p><b>Representation.</b> {@link FillQueue} holds the chunks that have a lease or waiters, {@link RunningLeases} the leases, and
 * {@link ChunkMemory}, for seconds, what is known of chunks that have neither.
 *
 * <p><b>Order.</b> A freed slot goes to a client that holds less than a quarter of the share, if one waits, else to any that may hold
 * one more: so no client is kept waiting by the many waiters of another. Among the chunks of such clients the one with most waiters comes
 * first, since one fetch serves them all; among a chunk's waiters the one that came
 * first gets the lease, and the others wait for the fill.
 *
 * <p><b>Kinds of keys.</b> One lease a chunk, whatever its askers read by, and one back-off. But what the origin has depends on what it was asked
 * for: that it is absent is told to those alone who read by the holder's {@link KeyKind}; the others go on waiting, and one of them is next.
 *
 * <p><b>Repeated questions.</b> A question that carries a nonce may be asked again when its connection broke: it gets the lease that
 * was granted to that nonce, or takes the place at which that nonce waits. Who is known to be gone keeps place or lease for
 * {@link #RECLAIM_MILLIS}: others are served past the place meanwhile, and a lease whose answer was not delivered ends as unused then.
 *
 * <p><b>Cost.</b> O(log waiting) for a request, an end, a cancellation and each expiry, but: a grant and an end go through all waiters of
 * the chunk, and a freed slot passes over the waiters of clients that hold enough, at most {@code maxWaiting} in all, before it finds one
 * to serve. Memory is bounded by {@code maxWaiting}, the share, and {@code maxRemembered}.
 *
 * <p>Answers are handed out by {@link #takeAnswers} after each call, so that nothing runs inside the table. Not thread-safe.
 */
public final class LeaseTable {

    /**
     * How long a client that is known to be gone may take to ask again: a new connection and a question take milliseconds, a stalled
     * client some hundred. No longer, since an undelivered lease holds a slot of the origin budget.
     */
    static final long RECLAIM_MILLIS = 500;

    private static final long RECLAIM_NANOS = MILLISECONDS.toNanos(RECLAIM_MILLIS);
    private static final long NEVER = Long.MAX_VALUE;

    private final LeaseLimits limits;
    private final LongSupplier nanoClock;
    private final RandomGenerator random;
    private final long startNanos;
    private final long lifetimeNanos;

    private final FillQueue fills = new FillQueue();
    private final RunningLeases leases = new RunningLeases();
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

    /** Asks for the lease of a chunk; the callback gets exactly one answer unless the waiter is cancelled. */
    public LeaseWaiter request(ChunkKey key, LeaseQuestion question, Consumer<LeaseAnswer> callback) {
        long now = advance();
        long waitNanos = MILLISECONDS.toNanos(Math.max(0, Math.min(question.waitMillis(), limits.maxWaitMillis())));
        LeaseWaiter waiter = new LeaseWaiter(question, sequence++, now + waitNanos, callback);
        LeaseNonce nonce = question.nonce();
        Lease own = nonce == null ? null : leaseOf(key, nonce);
        if (own != null) {
            handOut(own, waiter, now);
            return waiter;
        }
        LeaseWaiter former = fills.replaceFormer(key, waiter);
        if (former != null) {
            answer(former, refusals.repeated(key));
        }
        LeaseAnswer known = knownAnswer(key, question, now);
        if (known != null) {
            answer(waiter, known);
        } else if (fills.leaseOf(key) == null && mayGrantTo(waiter.client, now)) {
            grant(key, waiter, now);
        } else {
            await(key, waiter, waitNanos, now);
        }
        return waiter;
    }

    private @Nullable Lease leaseOf(ChunkKey key, LeaseNonce nonce) {
        Lease lease = fills.leaseOf(key);
        return lease != null && nonce.equals(lease.nonce) ? lease : null;
    }

    private void await(ChunkKey key, LeaseWaiter waiter, long waitNanos, long now) {
        Fill fill = fills.get(key);
        if (waitNanos == 0) {
            answer(waiter, notInTime(fill != null ? fill : new Fill(key, 0), waiter, now));
        } else if (waiter.fill != null) {
            return; // in the place of its question's former try
        } else if (fills.places() >= limits.maxWaiting()) {
            answer(waiter, refusals.nodeQueueFull());
        } else if (fill != null && fill.waiters.size() >= limits.maxWaitingPerChunk()) {
            answer(waiter, refusals.chunkQueueFull(key));
        } else {
            fills.enqueue(key, waiter);
        }
    }

    /** What can be said without waiting, or null. */
    private @Nullable LeaseAnswer knownAnswer(ChunkKey key, LeaseQuestion question, long now) {
        LeaseAnswer answer = right.notResponsible(key);
        answer = answer != null ? answer : memory.answer(key, question, now);
        return answer != null ? answer : right.cutOff(now);
    }

    private boolean mayGrantTo(String client, long now) {
        int limit = right.limit(now);
        return leases.size() < limit && leases.heldBy(client) < new ClientQuota(limit).maximum();
    }

    private void grant(ChunkKey key, LeaseWaiter waiter, long now) {
        Lease lease = new Lease(leaseId(), key, waiter, now + lifetimeNanos);
        fills.beginFill(key, waiter, lease);
        leases.add(lease);
        memory.forgetFilled(key);
        counts.granted++;
        handOut(lease, waiter, now);
    }

    private void handOut(Lease lease, LeaseWaiter waiter, long now) {
        lease.deliveries++;
        leases.claim(lease);
        answer(waiter, new Granted(lease.id, NANOSECONDS.toMillis(lease.expiresNanos - now), lease.deliveries));
    }

    private String leaseId() {
        return String.format(Locale.ROOT, "%016x%016x", random.nextLong(), random.nextLong());
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
        if (lease != null && lease.key.equals(key)) {
            release(lease);
            counts.ended(outcome);
        } else {
            lease = outcome == LeaseOutcome.FILLED ? memory.expired(key, leaseId, now) : null;
            if (lease == null) {
                return false;
            }
        }
        Fill fill = fills.get(key);
        Lesson learnt = memory.learn(lease, outcome, now);
        if (learnt != null && fill != null) {
            settle(fill, learnt.answer(), learnt.isFor());
        }
        serveQueue(now);
        return true;
    }

    private void release(Lease lease) {
        leases.remove(lease);
        fills.endFill(lease.key);
    }

    private void settle(Fill fill, LeaseAnswer answer) {
        settle(fill, answer, waiter -> true);
    }

    /** @param isTold whether the answer is for a waiter; the others go on waiting */
    private void settle(Fill fill, LeaseAnswer answer, Predicate<LeaseWaiter> isTold) {
        fills.removeWaiters(fill, isTold).forEach(waiter -> answer(waiter, answer));
    }

    /** Takes the waiter out of its queue, if it waits, and has it told. */
    private void answer(LeaseWaiter waiter, LeaseAnswer answer) {
        fills.remove(waiter);
        if (waiter.isAway) {
            return; // nobody is there to be told
        }
        if (answer instanceof Refused refused) {
            counts.refused(refused.reason());
        }
        answers.add(new LeaseDelivery(waiter.callback, answer));
    }

    /**
     * The one who asked is gone: its callback gets no answer, unless it has been answered before. If its question has a nonce, its
     * place is kept for a moment, in which others are served past it.
     */
    public void cancel(LeaseWaiter waiter) {
        long now = advance();
        if (waiter.nonce == null) {
            fills.remove(waiter);
        } else {
            fills.keepPlace(waiter, now + RECLAIM_NANOS);
        }
    }

    /**
     * A grant did not reach its client. Its lease ends unused: at once if its question has no nonce, else when nobody has repeated
     * the question for a moment. Makes no difference if the lease is over or has been handed out again since.
     */
    public void undelivered(ChunkKey key, Granted granted) {
        long now = advance();
        Lease lease = leases.get(granted.lease());
        if (lease == null || !lease.key.equals(key) || lease.deliveries != granted.delivery()) {
            return;
        }
        if (lease.nonce == null) {
            end(key, lease.id, LeaseOutcome.UNUSED);
        } else {
            leases.keepUndelivered(lease, now + RECLAIM_NANOS);
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
        for (Fill fill : fills.all()) {
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
        for (Lease lease = leases.expired(now); lease != null; lease = leases.expired(now)) {
            release(lease);
            counts.expired++;
            memory.rememberExpired(lease, now);
            freed = true;
        }
        for (Lease lease = leases.abandoned(now); lease != null; lease = leases.abandoned(now)) {
            release(lease);
            counts.ended(LeaseOutcome.UNUSED);
            freed = true;
        }
        for (LeaseWaiter late = fills.late(now); late != null; late = fills.late(now)) {
            answer(late, notInTime(Objects.requireNonNull(late.fill), late, now));
        }
        if (freed || right.limit(now) > servedLimit) {
            serveQueue(now);
        }
        servedLimit = right.limit(now);
        return now;
    }

    /** Why the wait, if there was any, was in vain. */
    private Refused notInTime(Fill fill, LeaseWaiter waiter, long now) {
        Lease lease = fill.lease;
        if (lease != null) {
            return refusals.filling(fill.key, lease.expiresNanos - now);
        }
        if (now < lifetimeNanos) {
            return refusals.starting(now);
        }
        int limit = right.limit(now);
        return leases.size() >= limit
                ? refusals.shareTaken(leases.size(), limit)
                : refusals.clientShareTaken(
                        waiter.client, leases.heldBy(waiter.client), new ClientQuota(limit).maximum());
    }

    /** Gives free slots to those who wait. Whose lease has just ended counts as if it held it: the slot is not its own. */
    private void serveQueue(long now) {
        int limit = right.limit(now);
        ClientQuota quota = new ClientQuota(limit);
        while (leases.size() < limit) {
            LeaseWaiter next = fills.nextToServe(
                    client -> leases.heldOrEndedBy(client) < quota.guaranteed(),
                    client -> leases.heldBy(client) < quota.maximum());
            if (next == null) {
                break;
            }
            Fill fill = Objects.requireNonNull(next.fill);
            Refused moved = right.notResponsible(fill.key);
            if (moved == null) {
                grant(fill.key, next, now);
            } else {
                settle(fill, moved);
            }
        }
        leases.handedOn();
    }

    /** Nanoseconds until {@link #tick} has something to do, or Long.MAX_VALUE if only a request, an end or a view can bring it. */
    public long nextDueNanos() {
        long now = now();
        long due = Math.min(fills.nextDeadlineNanos(), leases.nextEndNanos());
        due = fills.hasQueue() ? Math.min(due, right.nextRiseNanos(now)) : due;
        return due == NEVER ? NEVER : Math.max(0, due - now);
    }

    /** The answers since the last call, in order. */
    public List<LeaseDelivery> takeAnswers() {
        List<LeaseDelivery> taken = List.copyOf(answers);
        answers.clear();
        return taken;
    }

    public LeaseTableStats stats() {
        return new LeaseTableStats(
                right.limit(now()),
                leases.size(),
                fills.waiting(),
                counts.granted,
                counts.endedWith(LeaseOutcome.FILLED),
                counts.endedWith(LeaseOutcome.FAILED),
                counts.endedWith(LeaseOutcome.ABSENT),
                counts.endedWith(LeaseOutcome.DENIED),
                counts.endedWith(LeaseOutcome.UNUSED),
                counts.expired,
                counts.refusals());
    }

    /** Whether this lease runs. */
    boolean holds(String leaseId) {
        return leases.get(leaseId) != null;
    }

    /** Everything remembered of chunks and clients: what must stay bounded. */
    int entries() {
        return fills.size() + memory.size() + leases.clients() + answers.size();
    }
}
