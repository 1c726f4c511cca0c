package io.zonecache.server.lease;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyKind;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.server.lease.LeaseAnswer.Refused;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the ends of leases taught about chunks, for seconds: the newest lesson of a chunk replaces the others, but what is absent by one kind of key
 * is remembered beside what is absent by the other. Not thread-safe.
 */
final class ChunkMemory {

    /** After the origin has denied a chunk to a client, so many others may try, which may have rights that it lacks. */
    private static final int MAX_OTHER_CLIENTS = 3;

    /**
     * @param inARow failed fills without another end between them
     * @param deniedTo to how many clients the origin denied the chunk, if that was the last of them; else 0
     */
    private record Failure(int inARow, int deniedTo, long backoffUntilNanos) {}

    /** @param client the hash of its name: two that look alike only cost one of them a try */
    private record Denial(int client, long untilNanos) {}

    private final LeaseLimits limits;
    private final RandomGenerator random;
    private final RecentChunks<Boolean> filled;
    private final Map<KeyKind, RecentChunks<Boolean>> absent = new EnumMap<>(KeyKind.class);
    private final RecentChunks<Failure> failed;
    private final RecentChunks<Lease> expired;

    /** The newest of each client, the oldest first; kept as long as the last of them, so that all count towards a back-off. */
    private final RecentChunks<List<Denial>> denials;

    ChunkMemory(LeaseLimits limits, RandomGenerator random) {
        this.limits = limits;
        this.random = random;
        this.filled = new RecentChunks<>(limits.maxRemembered());
        for (KeyKind kind : KeyKind.values()) {
            absent.put(kind, new RecentChunks<>(limits.maxRemembered()));
        }
        this.failed = new RecentChunks<>(limits.maxRemembered());
        this.expired = new RecentChunks<>(limits.maxRemembered());
        this.denials = new RecentChunks<>(limits.maxRemembered());
    }

    /** What a request for this chunk's lease can be told at once, or null. */
    @Nullable
    LeaseAnswer answer(ChunkKey key, LeaseQuestion question, long now) {
        if (absentBy(question.kind()).get(key, now) != null) {
            return new LeaseAnswer.Absent();
        }
        if (!question.seenFilled() && filled.get(key, now) != null) {
            return new LeaseAnswer.Filled();
        }
        Failure failure = failed.get(key, now);
        if (failure != null && failure.backoffUntilNanos > now) {
            return backingOff(key, failure, now);
        }
        for (Denial denial : denials(key, now)) {
            if (denial.client == question.client().hashCode() && denial.untilNanos > now) {
                return denied(key, denial, now);
            }
        }
        return null;
    }

    private List<Denial> denials(ChunkKey key, long now) {
        return Objects.requireNonNullElse(denials.get(key, now), List.of());
    }

    private static Refused denied(ChunkKey key, Denial denial, long now) {
        long leftMillis = millisUntil(denial.untilNanos, now);
        return new Refused(
                RefusalReason.ORIGIN_DENIED,
                "chunk " + key + ": the origin has denied it to this client a moment ago (expected: a client that may"
                        + " read it, or another try in " + leftMillis + " ms)",
                leftMillis);
    }

    private static Refused backingOff(ChunkKey key, Failure failure, long now) {
        long leftMillis = millisUntil(failure.backoffUntilNanos, now);
        return new Refused(
                RefusalReason.ORIGIN_FAILING,
                "failed fills of chunk " + key + " in a row: " + failure.inARow
                        + (failure.deniedTo == 0
                                ? ""
                                : ", as the origin has denied it to " + failure.deniedTo + " clients")
                        + " (expected: another try in " + leftMillis + " ms)",
                leftMillis);
    }

    /** Rounded up: who comes back then is not too early. */
    private static long millisUntil(long nanos, long now) {
        return NANOSECONDS.toMillis(nanos - now + 999_999);
    }

    private RecentChunks<Boolean> absentBy(KeyKind kind) {
        return Objects.requireNonNull(absent.get(kind));
    }

    /**
     * What those are told who wait for a chunk.
     *
     * @param isFor whether it concerns a waiter; the others go on waiting
     */
    record Lesson(LeaseAnswer answer, Predicate<LeaseWaiter> isFor) {

        static Lesson forAll(LeaseAnswer answer) {
            return new Lesson(answer, waiter -> true);
        }
    }

    /** Takes in how a lease ended; null if nothing follows for those who wait. */
    @Nullable
    Lesson learn(Lease lease, LeaseOutcome outcome, long now) {
        ChunkKey key = lease.key;
        switch (outcome) {
            case FILLED -> {
                forgetAll(key);
                filled.put(key, true, now + MILLISECONDS.toNanos(limits.filledMillis()), now);
                return Lesson.forAll(new LeaseAnswer.Filled());
            }
            case ABSENT -> {
                forget(key);
                long nanos = MILLISECONDS.toNanos(limits.absentMillis());
                absentBy(lease.kind).put(key, true, now + nanos - (long) (0.2 * random.nextDouble() * nanos), now);
                KeyKind kind = lease.kind;
                return new Lesson(new LeaseAnswer.Absent(), waiter -> waiter.kind == kind);
            }
            case FAILED -> {
                return Lesson.forAll(fail(key, 0, now));
            }
            case DENIED -> {
                return deny(key, lease.client, now);
            }
            case UNUSED -> {
                return null;
            }
        }
        throw new AssertionError(outcome);
    }

    private Refused fail(ChunkKey key, int deniedTo, long now) {
        Failure before = failed.get(key, now);
        int inARow = before == null ? 1 : before.inARow + 1;
        long backoff = MILLISECONDS.toNanos(backoffMillis(inARow));
        forgetAll(key);
        Failure failure = new Failure(inARow, deniedTo, now + backoff);
        failed.put(key, failure, now + backoff + MILLISECONDS.toNanos(limits.maxBackoffMillis()), now);
        return backingOff(key, failure, now);
    }

    /** Another client may fetch the chunk, unless enough have tried. */
    private Lesson deny(ChunkKey key, String client, long now) {
        List<Denial> known = new ArrayList<>(denials(key, now));
        known.removeIf(denial -> denial.client == client.hashCode());
        if (known.size() >= MAX_OTHER_CLIENTS) {
            return Lesson.forAll(fail(key, known.size() + 1, now));
        }
        Denial denial = new Denial(client.hashCode(), now + MILLISECONDS.toNanos(limits.absentMillis()));
        known.add(denial);
        denials.put(key, known, denial.untilNanos, now);
        return new Lesson(denied(key, denial, now), waiter -> waiter.client.equals(client));
    }

    private long backoffMillis(int inARow) {
        int doublings = Math.min(inARow - 1, 30);
        return Math.min(limits.firstBackoffMillis() << doublings, limits.maxBackoffMillis());
    }

    private void forgetAll(ChunkKey key) {
        forget(key);
        absent.values().forEach(known -> known.remove(key));
    }

    private void forget(ChunkKey key) {
        filled.remove(key);
        failed.remove(key);
        expired.remove(key);
        denials.remove(key);
    }

    /** Whoever comes now, while the chunk is fetched once more, waits for that. */
    void forgetFilled(ChunkKey key) {
        filled.remove(key);
    }

    void rememberExpired(Lease lease, long now) {
        expired.put(lease.key, lease, now + MILLISECONDS.toNanos(limits.lifetimeMillis()), now);
    }

    /** The lease of that id, if it expired a moment ago and nothing newer is known of the chunk; null otherwise. */
    @Nullable
    Lease expired(ChunkKey key, String leaseId, long now) {
        Lease lease = expired.get(key, now);
        return lease != null && lease.id.equals(leaseId) ? lease : null;
    }

    /** Chunks remembered, each as often as it is known for something. */
    int size() {
        int absences = absent.values().stream().mapToInt(RecentChunks::size).sum();
        return filled.size() + absences + failed.size() + expired.size() + denials.size();
    }
}
