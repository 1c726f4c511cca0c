package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.fill.FillContext.millis;
import static io.zonecache.client.internal.fill.FillContext.nanos;

import io.zonecache.client.FillConfig;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.node.LatencyQuantile;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.origin.FetchTimeouts;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginRefusedException;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyScheme;
import java.nio.ByteBuffer;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntToLongFunction;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One chunk from the origin: attempts within a deadline, and nothing returned that is not verified. Attempts of one fetch never
 * overlap, and each but the first is paid out of a budget that successes earn.
 */
final class OriginFetcher {

    /** Doubles with each attempt of a fetch. */
    private static final long FIRST_RETRY_PAUSE_MILLIS = 50;

    private static final int MAX_DOUBLINGS = 4;

    /** An attempt with less time than this is not worth the origin's work. */
    private static final long MIN_ATTEMPT_MILLIS = 20;

    /** An attempt is tried anew only if it takes so many times what half of them take: where all are slow, that would but double the load. */
    private static final long SLOW_TIMES = 3;

    private final FillConfig config;
    private final ClientTimer timer;
    private final RandomGenerator random;
    private final OriginLimit limit;
    private final FillMemoryQueue memory;
    private final EarnedBudget retries;
    private final FillCounters counters;
    private final Set<Fetch> fetches = ConcurrentHashMap.newKeySet();

    /** Half of all attempts take longer. */
    private final LatencyQuantile typical = new LatencyQuantile(0.5, 1.0 / 4, 0);

    private volatile boolean closed;

    OriginFetcher(
            FillConfig config,
            ClientTimer timer,
            RandomGenerator random,
            OriginLimit limit,
            FillMemoryQueue memory,
            EarnedBudget retries,
            FillCounters counters) {
        this.config = config;
        this.timer = timer;
        this.random = random;
        this.limit = limit;
        this.memory = memory;
        this.retries = retries;
        this.counters = counters;
    }

    /**
     * Fails with {@code ABSENT}, {@code ORIGIN_FAILED}, {@code ORIGIN_LIMIT}, {@code BUSY} (no memory in time), {@code TOO_LARGE} (never any)
     * or {@code CLOSED}, at the deadline at the latest.
     *
     * @param memoryBytes to be taken for a chunk of so many bytes
     */
    CompletableFuture<Fetched> fetch(
            Origin origin, KeyScheme scheme, ChunkRead read, long deadlineNanos, IntToLongFunction memoryBytes) {
        Fetch fetch = new Fetch(
                origin,
                scheme,
                read,
                Math.min(deadlineNanos, timer.nanoTime() + nanos(config.totalMillis())),
                memoryBytes);
        fetches.add(fetch);
        Futures.thenRun(fetch.result, () -> fetches.remove(fetch));
        fetch.attempt();
        return fetch.result;
    }

    /** Whether the origin may do better next time: after a timeout, an error of its own, or when it was asked too much. */
    static boolean mayBeTriedAgain(CacheException failure) {
        return (failure.code() == CacheErrorCode.ORIGIN_FAILED || failure.code() == CacheErrorCode.ORIGIN_LIMIT)
                && !(failure instanceof OriginRefusedException);
    }

    /** Aborts attempts under way. */
    void close() {
        closed = true;
        fetches.forEach(Fetch::abort);
    }

    private final class Fetch {

        final Origin origin;
        final KeyScheme scheme;
        final ChunkKey key;
        final @Nullable ObjectRange range;
        final long deadlineNanos;
        final IntToLongFunction memoryBytes;
        final CompletableFuture<Fetched> result = new CompletableFuture<>();
        private volatile @Nullable CompletableFuture<byte[]> current;
        private long silenceMillis;
        private int attempts;
        private int wrongAnswers;

        Fetch(Origin origin, KeyScheme scheme, ChunkRead read, long deadlineNanos, IntToLongFunction memoryBytes) {
            this.origin = origin;
            this.scheme = scheme;
            this.key = read.key();
            this.range = read.range();
            this.deadlineNanos = deadlineNanos;
            this.memoryBytes = memoryBytes;
        }

        void attempt() {
            long startNanos = timer.nanoTime();
            long leftMillis = millis(deadlineNanos - startNanos);
            if (closed || leftMillis < MIN_ATTEMPT_MILLIS) {
                result.completeExceptionally(closed ? Futures.closed(null) : tooLate(leftMillis));
                return;
            }
            silenceMillis =
                    Math.min(leftMillis, Math.max(config.attemptMillis(), SLOW_TIMES * millis(typical.nanos())));
            FetchTimeouts timeouts = new FetchTimeouts(silenceMillis, leftMillis);
            attempts++;
            counters.originFetches.increment();
            AttemptReservation room = new AttemptReservation(this::takeMemory);
            CompletableFuture<byte[]> attempt = Futures.call(
                    () -> range == null ? origin.fetch(key, timeouts, room) : origin.fetch(range, timeouts, room));
            current = attempt;
            if (closed) {
                abort();
            }
            Futures.then(attempt, chunk -> arrived(chunk, room, startNanos), failure -> {
                room.release(failure);
                failed(failure, startNanos);
            });
        }

        /** What the memory lacks is no failure of the origin's, so it is told before the attempt's own time is over. */
        private CompletableFuture<ResourceQueue.Held> takeMemory(int bytes) {
            checkLength(bytes);
            long waitNanos = deadlineNanos - timer.nanoTime() - nanos(MIN_ATTEMPT_MILLIS);
            return memory.take(memoryBytes.applyAsLong(bytes), waitNanos);
        }

        void abort() {
            CompletableFuture<byte[]> attempt = current;
            if (attempt != null) {
                attempt.cancel(true);
            }
        }

        private void arrived(byte[] chunk, AttemptReservation room, long startNanos) {
            verify(chunk);
            typical.add(timer.nanoTime() - startNanos);
            limit.succeeded(startNanos);
            retries.earn();
            Futures.then(
                    room.make(chunk.length),
                    held -> result.complete(new Fetched(ByteBuffer.wrap(chunk).asReadOnlyBuffer(), held)),
                    result::completeExceptionally);
        }

        private void checkLength(int bytes) {
            if (bytes < 1 || bytes > config.maxChunkBytes()) {
                throw new OriginRefusedException(
                        wrong("bytes of chunk " + key + ": " + bytes, "1.." + config.maxChunkBytes()), null);
            }
        }

        private void verify(byte[] chunk) {
            checkLength(chunk.length);
            if (range != null) {
                if (chunk.length != range.lengthBytes()) {
                    throw new OriginRefusedException(
                            wrong(range + ": " + chunk.length + " bytes", Integer.toString(range.lengthBytes())), null);
                }
            } else if (scheme == KeyScheme.SHA256) {
                ChunkKey found = ChunkKey.sha256Of(chunk);
                if (!found.equals(key)) {
                    throw wrongBytes(wrong(
                            "SHA-256 of the " + chunk.length + " bytes of chunk " + key + ": " + found, "its key"));
                }
            }
        }

        /** Once, they may have been spoilt on their way; twice, they lie there like that. */
        private CacheException wrongBytes(String detail) {
            return ++wrongAnswers > 1
                    ? new OriginRefusedException(detail, null)
                    : new CacheException(CacheErrorCode.ORIGIN_FAILED, detail);
        }

        private String wrong(String found, String expected) {
            return found + " from " + origin.describe() + " (expected: " + expected + ")";
        }

        private void failed(CacheException failure, long startNanos) {
            if (closed || isFinal(failure)) {
                result.completeExceptionally(closed ? Futures.closed(failure) : failure);
                return;
            }
            counters.originFailures.increment();
            if (failure.code() == CacheErrorCode.ORIGIN_LIMIT) {
                limit.askedToSlowDown(startNanos);
            } else if (millis(timer.nanoTime() - startNanos) >= silenceMillis) {
                typical.add(timer.nanoTime() - startNanos);
                limit.timedOut(startNanos);
            }
            long pauseNanos = retryPauseNanos();
            if (!isWorthAnother(failure)
                    || deadlineNanos - timer.nanoTime() - pauseNanos < nanos(MIN_ATTEMPT_MILLIS)
                    || !retries.trySpend(1)) {
                result.completeExceptionally(failure);
                return;
            }
            counters.originRetries.increment();
            timer.schedule(pauseNanos, this::attempt);
        }

        private static boolean isFinal(CacheException failure) {
            return switch (failure.code()) {
                case ABSENT, BAD_REQUEST, BUSY, TOO_LARGE -> true;
                default -> false;
            };
        }

        /** After the origin asked to slow down, its turn comes in the line of all this client's fetches. */
        private boolean isWorthAnother(CacheException failure) {
            return mayBeTriedAgain(failure) && limit.pausedNanos() == 0;
        }

        private long retryPauseNanos() {
            long most = FIRST_RETRY_PAUSE_MILLIS << Math.min(attempts - 1, MAX_DOUBLINGS);
            return (long) (nanos(most) * (0.5 + random.nextDouble() / 2));
        }

        private CacheException tooLate(long leftMillis) {
            return new CacheException(
                    CacheErrorCode.ORIGIN_FAILED,
                    "reading chunk " + key + ": " + leftMillis + " ms left (expected: at least " + MIN_ATTEMPT_MILLIS
                            + ")");
        }
    }
}
