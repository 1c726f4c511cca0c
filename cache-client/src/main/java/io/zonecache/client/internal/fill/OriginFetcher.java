package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.time.Timeouts.millis;
import static io.zonecache.client.internal.time.Timeouts.nanos;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.limit.FetchTimes;
import io.zonecache.client.internal.limit.ResourceQueue;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.time.Timeouts;
import io.zonecache.client.origin.BufferReservation;
import io.zonecache.client.origin.FetchRequest;
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
import java.util.function.IntFunction;
import java.util.function.IntToLongFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Fetches chunks from the origin: makes attempts within a deadline, and returns only what is verified. Attempts of one fetch never overlap, and
 * each but the first is paid from a budget that successes fill.
 */
final class OriginFetcher {

    /** Doubles with each attempt of a fetch. */
    private static final long FIRST_RETRY_PAUSE_MILLIS = 50;

    private static final int MAX_DOUBLINGS = 4;

    /**
     * An attempt is retried for silence only after this many times the 90th percentile: while the whole origin is slow, earlier retries
     * would only double its load.
     */
    private static final long SLOW_FACTOR = 2;

    private final FillContext context;
    private final Set<Fetch> fetches = ConcurrentHashMap.newKeySet();

    private volatile boolean isClosed;

    /** @param context its fields are used by fetches only */
    OriginFetcher(FillContext context) {
        this.context = context;
    }

    /**
     * A chunk from the origin, verified.
     *
     * @param chunk read-only
     * @param memory for the chunk and its stripes, to be released by the receiver
     */
    record Fetched(ByteBuffer chunk, ResourceQueue.Reservation memory) {}

    /**
     * Fails with {@code ABSENT}, {@code ORIGIN_FAILED}, {@code ORIGIN_LIMIT}, {@code BUSY} (no memory in time, or no thread), {@code TOO_LARGE}
     * (never enough memory), {@code KEY_MISMATCH} (the scheme is not known, and the bytes' hash is not the key) or {@code CLOSED}, at the deadline
     * at the latest. Cancelling the future aborts the attempt in flight.
     *
     * @param scheme null if it is not known
     * @param memoryBytes the memory to take for a chunk of the given length
     * @param isForReadersAlone whether the chunk is of no use after the deadline: then no attempt but the first begins if less time is left than a
     *     fetch takes. A first fetch under a lease fills the zone, however late it ends
     */
    CompletableFuture<Fetched> fetch(
            Origin origin,
            @Nullable KeyScheme scheme,
            ChunkRead read,
            long deadlineNanos,
            IntToLongFunction memoryBytes,
            boolean isForReadersAlone) {
        long latestNanos = context.nanoTime() + nanos(context.config.totalMillis());
        Fetch fetch = new Fetch(
                origin, scheme, read, Timeouts.earlier(deadlineNanos, latestNanos), memoryBytes, isForReadersAlone);
        fetches.add(fetch);
        Futures.thenRun(fetch.result, () -> {
            fetches.remove(fetch);
            if (fetch.result.isCancelled()) {
                fetch.abort();
            }
        });
        fetch.attempt();
        return fetch.result;
    }

    /**
     * Whether another attempt may succeed: after a timeout, an error of the origin, or an overload. Not if the origin refused, which has the same
     * code as its errors; nor if this client was {@code BUSY}, because it has waited for its own memory as long as it could, or has too many calls
     * to the origin already.
     */
    static boolean isRetryable(CacheException failure) {
        return failure.code().retry().mayRepeat()
                && failure.code() != CacheErrorCode.BUSY
                && !(failure instanceof OriginRefusedException);
    }

    /** How long one attempt may be silent. */
    static long attemptMillis(FillContext context) {
        return Math.max(context.config.attemptMillis(), SLOW_FACTOR * millis(context.fetchTimes.fetchNanos()));
    }

    /** Aborts attempts in flight. */
    void close() {
        isClosed = true;
        fetches.forEach(Fetch::abort);
    }

    /** The memory of one attempt at the origin, requested by the origin if it knows the length first, otherwise when the chunk is there. */
    private static final class AttemptReservation implements BufferReservation {

        private final IntFunction<CompletableFuture<ResourceQueue.Reservation>> take;
        private final LongSupplier nanoClock;
        private @Nullable CompletableFuture<ResourceQueue.Reservation> taken;
        private @Nullable CacheException end;
        private long askedNanos;
        private long waitedNanos;

        /** @param take takes the memory for a chunk of the given length */
        AttemptReservation(IntFunction<CompletableFuture<ResourceQueue.Reservation>> take, LongSupplier nanoClock) {
            this.take = take;
            this.nanoClock = nanoClock;
        }

        @Override
        public synchronized CompletableFuture<ResourceQueue.Reservation> reserve(int bytes) {
            if (end != null) {
                return CompletableFuture.failedFuture(end);
            }
            if (taken == null) {
                askedNanos = nanoClock.getAsLong();
                taken = Futures.call(() -> take.apply(bytes));
                Futures.thenRun(taken, this::onTaken);
            }
            return taken;
        }

        private synchronized void onTaken() {
            waitedNanos = nanoClock.getAsLong() - askedNanos;
        }

        /** How long the attempt has waited for memory so far, during which the origin had nothing to do. */
        synchronized long waitedNanos() {
            boolean isWaiting = taken != null && !taken.isDone();
            return isWaiting ? nanoClock.getAsLong() - askedNanos : waitedNanos;
        }

        /** The attempt has failed. */
        void release(CacheException failure) {
            CompletableFuture<ResourceQueue.Reservation> held;
            synchronized (this) {
                end = failure;
                held = taken;
            }
            if (held != null) {
                held.cancel(false);
                Futures.then(held, ResourceQueue.Reservation::release, inVain -> {});
            }
        }
    }

    private final class Fetch {

        final Origin origin;
        final @Nullable KeyScheme scheme;
        final ChunkRead read;
        final ChunkKey key;
        final @Nullable ObjectRange range;
        final long deadlineNanos;
        final IntToLongFunction memoryBytes;
        final boolean isForReadersAlone;
        final CompletableFuture<Fetched> result = new CompletableFuture<>();
        private volatile @Nullable CompletableFuture<byte[]> current;
        private long idleMillis;
        private int attempts;
        private int wrongAnswers;

        Fetch(
                Origin origin,
                @Nullable KeyScheme scheme,
                ChunkRead read,
                long deadlineNanos,
                IntToLongFunction memoryBytes,
                boolean isForReadersAlone) {
            this.origin = origin;
            this.scheme = scheme;
            this.read = read;
            this.key = read.key();
            this.range = read.range();
            this.deadlineNanos = deadlineNanos;
            this.memoryBytes = memoryBytes;
            this.isForReadersAlone = isForReadersAlone;
        }

        /** Also runs on the timer, where nothing else would report what it throws. */
        void attempt() {
            try {
                ask();
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        }

        private void ask() {
            if (result.isDone()) {
                return;
            }
            long startNanos = context.nanoTime();
            long leftMillis = millis(deadlineNanos - startNanos);
            if (isClosed || leftMillis < FetchTimes.MIN_FETCH_MILLIS) {
                result.completeExceptionally(isClosed ? Futures.closed(null) : tooLate(leftMillis));
                return;
            }
            idleMillis = Math.min(leftMillis, attemptMillis(context));
            FetchTimeouts timeouts = new FetchTimeouts(idleMillis, leftMillis);
            AttemptReservation reservation = new AttemptReservation(this::takeMemory, context::nanoTime);
            attempts++;
            context.counters.originFetches.increment();
            CompletableFuture<byte[]> attempt =
                    Futures.call(() -> origin.fetch(new FetchRequest(key, range, timeouts, reservation)));
            current = attempt;
            if (isClosed || result.isDone()) {
                abort();
            }
            Futures.then(attempt, chunk -> arrived(chunk, reservation, startNanos), failure -> {
                long tookNanos = tookNanos(startNanos, reservation);
                reservation.release(failure);
                failed(failure, startNanos, tookNanos);
            });
        }

        /** A lack of memory is not a failure of the origin, so it is reported before the attempt's own time is over. */
        private CompletableFuture<ResourceQueue.Reservation> takeMemory(int bytes) {
            checkLength(bytes);
            long waitNanos = deadlineNanos - context.nanoTime() - nanos(FetchTimes.MIN_FETCH_MILLIS);
            return context.memory.take(memoryBytes.applyAsLong(bytes), waitNanos);
        }

        void abort() {
            CompletableFuture<byte[]> attempt = current;
            if (attempt != null) {
                attempt.cancel(true);
            }
        }

        private void arrived(byte[] chunk, AttemptReservation reservation, long startNanos) {
            verify(chunk);
            long tookNanos = tookNanos(startNanos, reservation);
            context.recordFetch(tookNanos);
            context.limit.succeeded(startNanos, tookNanos);
            context.retries.earn();
            Futures.then(
                    reservation.reserve(chunk.length),
                    held -> {
                        if (!result.complete(new Fetched(ByteBuffer.wrap(chunk).asReadOnlyBuffer(), held))) {
                            held.release();
                        }
                    },
                    failure -> {
                        reservation.release(failure);
                        result.completeExceptionally(failure);
                    });
        }

        /** Without the wait for this client's own memory. */
        private long tookNanos(long startNanos, AttemptReservation reservation) {
            return context.nanoTime() - startNanos - reservation.waitedNanos();
        }

        private void checkLength(int bytes) {
            if (bytes < 1 || bytes > context.config.maxChunkBytes()) {
                throw new OriginRefusedException(
                        wrong(read.name().describe() + ": " + bytes + " bytes", "1.." + context.config.maxChunkBytes()),
                        null);
            }
        }

        private void verify(byte[] chunk) {
            checkLength(chunk.length);
            if (range != null) {
                if (chunk.length != range.lengthBytes()) {
                    throw new OriginRefusedException(
                            wrong(range + ": " + chunk.length + " bytes", Integer.toString(range.lengthBytes())), null);
                }
                return;
            }
            if (scheme == KeyScheme.OPAQUE) {
                return;
            }
            ChunkKey found = context.codec.sha256(ByteBuffer.wrap(chunk));
            if (found.equals(key)) {
                return;
            }
            String what = "SHA-256 of the " + chunk.length + " bytes of chunk " + key + ": " + found;
            if (scheme == null) {
                throw new CacheException(
                        CacheErrorCode.KEY_MISMATCH,
                        wrong(
                                what,
                                "its key, as long as no view tells the zone's key scheme; the client's setting keyScheme"
                                        + " may tell it"));
            }
            throw wrongBytes(wrong(what, "its key"));
        }

        /** The first time, the bytes may have been corrupted in transit; the second time, the origin stores them like that. */
        private CacheException wrongBytes(String detail) {
            return ++wrongAnswers > 1
                    ? new OriginRefusedException(detail, null)
                    : new CacheException(CacheErrorCode.ORIGIN_FAILED, detail);
        }

        private String wrong(String found, String expected) {
            String source = range == null ? " from " + origin.describe() : "";
            return found + source + " (expected: " + expected + ")";
        }

        private void failed(CacheException failure, long startNanos, long tookNanos) {
            try {
                decide(failure, startNanos, tookNanos);
            } catch (RuntimeException | Error e) {
                result.completeExceptionally(e);
            }
        }

        private void decide(CacheException failure, long startNanos, long tookNanos) {
            if (isClosed || isFinal(failure) || result.isDone()) {
                result.completeExceptionally(isClosed ? Futures.closed(failure) : failure);
                return;
            }
            context.counters.originFailures.increment();
            read.originFailed(failure);
            if (failure.code() == CacheErrorCode.ORIGIN_LIMIT) {
                context.limit.onSlowDown(startNanos);
            } else if (millis(tookNanos) >= idleMillis) {
                context.recordFetch(tookNanos);
                context.limit.timedOut(tookNanos);
            }
            long pauseNanos = retryPauseNanos();
            if (!isWorthAnother(failure)
                    || deadlineNanos - context.nanoTime() - pauseNanos < neededNanos()
                    || !context.retries.trySpend(1)) {
                result.completeExceptionally(failure);
                return;
            }
            context.counters.originRetries.increment();
            context.timer.schedule(pauseNanos, this::attempt);
        }

        /** The origin has answered, or was not to blame: not a failure that counts against it. */
        private static boolean isFinal(CacheException failure) {
            return switch (failure.code()) {
                case ABSENT, BAD_REQUEST, BUSY, TOO_LARGE, KEY_MISMATCH -> true;
                default -> false;
            };
        }

        /** After the origin has asked to slow down, another attempt queues with all of this client's fetches. */
        private boolean isWorthAnother(CacheException failure) {
            return isRetryable(failure) && context.limit.pausedNanos() == 0;
        }

        /** The time that a further attempt needs. */
        private long neededNanos() {
            return isForReadersAlone ? context.fetchTimes.fetchNanos() : nanos(FetchTimes.MIN_FETCH_MILLIS);
        }

        private long retryPauseNanos() {
            long maxMillis = FIRST_RETRY_PAUSE_MILLIS << Math.min(attempts - 1, MAX_DOUBLINGS);
            return (long) (nanos(maxMillis) * (0.5 + context.random.nextDouble() / 2));
        }

        private CacheException tooLate(long leftMillis) {
            return new CacheException(
                    CacheErrorCode.ORIGIN_FAILED,
                    "reading " + read.name().describe() + ": " + leftMillis + " ms left (expected: at least "
                            + FetchTimes.MIN_FETCH_MILLIS + ")");
        }
    }
}
