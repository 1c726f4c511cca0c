package io.zonecache.server.lease;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.server.lease.LeaseAnswer.Refused;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What the ends of leases taught about chunks, for seconds: the newest lesson of a chunk replaces the others. Not thread-safe. */
final class ChunkMemory {

    /** @param inARow failed fills without another end between them */
    private record Failure(int inARow, long backoffUntilNanos) {}

    private final LeaseLimits limits;
    private final RandomGenerator random;
    private final RecentChunks<Boolean> filled;
    private final RecentChunks<Boolean> absent;
    private final RecentChunks<Failure> failed;
    private final RecentChunks<String> expired;

    ChunkMemory(LeaseLimits limits, RandomGenerator random) {
        this.limits = limits;
        this.random = random;
        this.filled = new RecentChunks<>(limits.maxRemembered());
        this.absent = new RecentChunks<>(limits.maxRemembered());
        this.failed = new RecentChunks<>(limits.maxRemembered());
        this.expired = new RecentChunks<>(limits.maxRemembered());
    }

    /** What a request for this chunk's lease can be told at once, or null. */
    @Nullable
    LeaseAnswer answer(ChunkKey key, boolean seenFilled, long now) {
        if (absent.get(key, now) != null) {
            return new LeaseAnswer.Absent();
        }
        if (!seenFilled && filled.get(key, now) != null) {
            return new LeaseAnswer.Filled();
        }
        Failure failure = failed.get(key, now);
        return failure == null || failure.backoffUntilNanos <= now ? null : backingOff(key, failure, now);
    }

    private static Refused backingOff(ChunkKey key, Failure failure, long now) {
        long leftMillis = NANOSECONDS.toMillis(failure.backoffUntilNanos - now + 999_999);
        return new Refused(
                RefusalReason.ORIGIN_FAILING,
                "failed fills of chunk " + key + " in a row: " + failure.inARow + " (expected: another try in "
                        + leftMillis + " ms)",
                leftMillis);
    }

    /** Takes in how a fill ended; returns what those who wait for it are told, or null if they go on waiting. */
    @Nullable
    LeaseAnswer learn(ChunkKey key, LeaseOutcome outcome, long now) {
        switch (outcome) {
            case FILLED -> {
                forget(key);
                filled.put(key, true, now + MILLISECONDS.toNanos(limits.filledMillis()), now);
                return new LeaseAnswer.Filled();
            }
            case ABSENT -> {
                forget(key);
                long nanos = MILLISECONDS.toNanos(limits.absentMillis());
                absent.put(key, true, now + nanos - (long) (0.2 * random.nextDouble() * nanos), now);
                return new LeaseAnswer.Absent();
            }
            case FAILED -> {
                Failure before = failed.get(key, now);
                int inARow = before == null ? 1 : before.inARow + 1;
                long backoff = MILLISECONDS.toNanos(backoffMillis(inARow));
                forget(key);
                Failure failure = new Failure(inARow, now + backoff);
                failed.put(key, failure, now + backoff + MILLISECONDS.toNanos(limits.maxBackoffMillis()), now);
                return backingOff(key, failure, now);
            }
            case UNUSED -> {
                return null;
            }
        }
        throw new AssertionError(outcome);
    }

    private long backoffMillis(int inARow) {
        int doublings = Math.min(inARow - 1, 30);
        return Math.min(limits.firstBackoffMillis() << doublings, limits.maxBackoffMillis());
    }

    private void forget(ChunkKey key) {
        filled.remove(key);
        absent.remove(key);
        failed.remove(key);
        expired.remove(key);
    }

    /** Whoever comes now, while the chunk is fetched once more, waits for that. */
    void forgetFilled(ChunkKey key) {
        filled.remove(key);
    }

    void expired(ChunkKey key, String leaseId, long now) {
        expired.put(key, leaseId, now + MILLISECONDS.toNanos(limits.lifetimeMillis()), now);
    }

    boolean hasExpired(ChunkKey key, String leaseId, long now) {
        return leaseId.equals(expired.get(key, now));
    }

    /** Chunks remembered, each as often as it is known for something. */
    int size() {
        return filled.size() + absent.size() + failed.size() + expired.size();
    }
}
