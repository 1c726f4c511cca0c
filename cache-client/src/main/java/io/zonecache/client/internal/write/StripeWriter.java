package io.zonecache.client.internal.write;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.zonecache.client.FillConfig;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.code.StripeEncoder;
import io.zonecache.client.internal.limit.FillMemoryQueue;
import io.zonecache.client.internal.limit.ResourceQueue;
import io.zonecache.client.internal.limit.WaiterLimit;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.time.Pauses;
import io.zonecache.client.internal.transport.PutReply;
import io.zonecache.client.internal.transport.RequestContext;
import io.zonecache.client.internal.transport.StripeTransport;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Sends stripe records to nodes, with a bound on all bytes in flight; a write that exceeds it waits, and already holds memory of the
 * {@link FillMemoryQueue} by then.
 */
final class StripeWriter {

    private static final long RETRY_PAUSE_MILLIS = 50;
    private static final long MAX_PAUSE_MILLIS = 1_000;

    /** Time limit of one PUT, however long the caller waits: the longest deadline that can be configured. */
    private static final long MAX_PUT_MILLIS = 600_000;

    private final FillConfig config;
    private final StripeTransport transport;
    private final ClientTimer timer;
    private final RandomGenerator random;
    private final ResourceQueue bytes;

    /** Ended when the writer closes, because a paused write holds memory. */
    private final Pauses pauses;

    private volatile boolean isClosed;

    StripeWriter(FillConfig config, StripeTransport transport, ClientTimer timer, RandomGenerator random) {
        this.config = config;
        this.transport = transport;
        this.timer = timer;
        this.random = random;
        this.pauses = new Pauses(timer);
        // Not bounded here: what waits has an origin slot or is one of a bounded number of calls of prime.
        this.bytes = new ResourceQueue("bytes of writes", config::writeBytes, WaiterLimit.unbounded(), timer);
    }

    /**
     * How a write is attempted.
     *
     * @param lease of the fill it belongs to, if any
     * @param deadlineNanos no attempt continues after it; until then, an attempt may take any time as long as its node keeps taking some of it
     * @param attempts maximum number of PUTs to one node, not counting those that this client could not send
     */
    record WriteOptions(@Nullable String lease, int rank, long deadlineNanos, int attempts) {}

    /**
     * The final result of a write.
     *
     * @param acknowledged stripes
     * @param unanswered stripes whose nodes did not answer the last attempt
     * @param failures a line for each node that has not acknowledged
     */
    record Written(int acknowledged, int unanswered, List<String> failures) {

        static Written nothing(String why) {
            return new Written(0, 0, List.of(why));
        }
    }

    /** All records of a chunk; if the key is its SHA-256, nothing is hashed again. */
    static List<StripeRecord> encode(
            ChunkCodec codec, KeyScheme scheme, CodeSpec code, ChunkKey key, ByteBuffer chunk) {
        long tag = scheme == KeyScheme.SHA256 ? key.w0() : codec.sha256(chunk).w0();
        return StripeEncoder.encode(codec, code, key, tag, chunk);
    }

    /** The bytes that all stripes of a chunk take. */
    static long encodedBytes(CodeSpec code, int chunkBytes) {
        return (long) code.stripes() * (StripeRecord.HEADER_BYTES + code.payloadBytes(chunkBytes));
    }

    long bytesInFlight() {
        return bytes.taken();
    }

    /** Reserves room among the bytes in flight for all stripes of a chunk. */
    CompletableFuture<ResourceQueue.Reservation> reserve(CodeSpec code, int chunkBytes, long waitNanos) {
        return bytes.acquire(encodedBytes(code, chunkBytes), waitNanos);
    }

    /** The same without waiting; null if there is no room. */
    ResourceQueue.@Nullable Reservation tryReserve(CodeSpec code, int chunkBytes) {
        return bytes.tryAcquire(encodedBytes(code, chunkBytes));
    }

    /** Stripe i goes to the i-th node, modulo their number. */
    static ZoneNode nodeOf(List<ZoneNode> placement, int index) {
        return placement.get(index % placement.size());
    }

    /** What each node gets: all its stripes in one PUT. */
    static Map<ZoneNode, List<StripeRecord>> byNode(List<ZoneNode> placement, List<StripeRecord> records) {
        Map<ZoneNode, List<StripeRecord>> assigned = new LinkedHashMap<>();
        for (StripeRecord record : records) {
            ZoneNode node = nodeOf(placement, record.header().index());
            assigned.computeIfAbsent(node, key -> new ArrayList<>(1)).add(record);
        }
        return assigned;
    }

    /**
     * Writes to all nodes at once and completes, never exceptionally, when each has acknowledged or been given up.
     *
     * @param onAcknowledged called with the number of stripes acknowledged so far, each time it has grown, on any thread
     */
    CompletableFuture<Written> write(
            ChunkKey key,
            Map<ZoneNode, List<StripeRecord>> assigned,
            WriteOptions options,
            IntConsumer onAcknowledged) {
        Write write = new Write(key, options, onAcknowledged, assigned.size());
        if (assigned.isEmpty()) {
            write.result.complete(new Written(0, 0, List.of()));
        }
        assigned.forEach((node, records) -> write.put(node, records, 1));
        return write.result;
    }

    void close() {
        isClosed = true;
        bytes.close();
        pauses.close();
    }

    private final class Write {

        final ChunkKey key;
        final WriteOptions options;
        final IntConsumer onAcknowledged;
        final CompletableFuture<Written> result = new CompletableFuture<>();
        final List<String> failures = new ArrayList<>();
        int acknowledged;
        int unanswered;
        int nodesLeft;

        Write(ChunkKey key, WriteOptions options, IntConsumer onAcknowledged, int nodes) {
            this.key = key;
            this.options = options;
            this.onAcknowledged = onAcknowledged;
            this.nodesLeft = nodes;
        }

        /** Also runs on the timer, where nothing else would report what it throws. */
        void put(ZoneNode node, List<StripeRecord> records, int attempt) {
            try {
                send(node, records, attempt);
            } catch (RuntimeException | Error e) {
                settled(0, "node " + node.id() + ": " + e);
            }
        }

        private void send(ZoneNode node, List<StripeRecord> records, int attempt) {
            long leftMillis =
                    Math.min(MAX_PUT_MILLIS, NANOSECONDS.toMillis(options.deadlineNanos() - timer.nanoTime()));
            if (isClosed || leftMillis <= 0) {
                settled(0, "node " + node.id() + ": " + (isClosed ? "closed" : "no time left"));
                return;
            }
            RequestContext request = new RequestContext(
                    leftMillis, Math.min(config.putAttemptMillis(), leftMillis), options.rank(), options.lease(), null);
            Futures.then(
                    Futures.call(() -> transport.put(node, key, request, records)),
                    reply -> answered(node, records, attempt, reply),
                    failure -> settled(0, "node " + node.id() + ": " + failure.getMessage()));
        }

        private void answered(ZoneNode node, List<StripeRecord> records, int attempt, PutReply reply) {
            if (reply instanceof PutReply.Acknowledged) {
                settled(records.size(), "");
                return;
            }
            long pauseNanos = pauseNanos(attempt, reply);
            boolean timeLeft = options.deadlineNanos() - timer.nanoTime() - pauseNanos > 0;
            // A PUT that was not sent is no attempt; but a write with a single attempt does not wait either.
            boolean isOwnShortage = reply instanceof PutReply.NotSent && options.attempts() > 1;
            boolean mayTryAgain = isOwnShortage || (mayRetry(reply) && attempt < options.attempts());
            if (mayTryAgain && timeLeft && !isClosed) {
                pauses.begin(pauseNanos, () -> put(node, records, isOwnShortage ? attempt : attempt + 1));
                return;
            }
            if (reply instanceof PutReply.Unknown) {
                addUnanswered(records.size());
            }
            settled(0, "node " + node.id() + ": " + describe(reply) + " (expected: an acknowledgement)");
        }

        private synchronized void addUnanswered(int stripes) {
            unanswered += stripes;
        }

        private void settled(int stripes, String failure) {
            int acknowledgedNow;
            synchronized (this) {
                acknowledged += stripes;
                acknowledgedNow = acknowledged;
                if (!failure.isEmpty()) {
                    failures.add(failure);
                }
            }
            if (stripes > 0) {
                reportProgress(acknowledgedNow);
            }
            leave();
        }

        /** A listener that throws must not make the node count twice. */
        private void reportProgress(int acknowledgedNow) {
            try {
                onAcknowledged.accept(acknowledgedNow);
            } catch (RuntimeException | Error e) {
                synchronized (this) {
                    failures.add("acknowledgement: " + e);
                }
            }
        }

        private void leave() {
            synchronized (this) {
                if (--nodesLeft > 0) {
                    return;
                }
            }
            result.complete(new Written(acknowledged, unanswered, failures));
        }
    }

    private long pauseNanos(int attempt, PutReply reply) {
        long doubled = Math.min(MAX_PAUSE_MILLIS, RETRY_PAUSE_MILLIS << Math.min(attempt - 1, 10));
        long advisedMillis = reply instanceof PutReply.Refused refused ? refused.retryAfterMillis() : 0;
        return (long) (MILLISECONDS.toNanos(Math.max(doubled, advisedMillis)) * (1 + random.nextDouble() / 2));
    }

    /** A node that is draining takes no more stripes, so another attempt would only delay the end of the write. */
    private static boolean mayRetry(PutReply reply) {
        return !(reply instanceof PutReply.Refused refused)
                || (refused.code() != CacheErrorCode.DRAINING
                        && refused.code().retry().mayRepeat());
    }

    private static String describe(PutReply reply) {
        if (reply instanceof PutReply.Refused refused) {
            return refused.code() + ", " + refused.detail();
        }
        if (reply instanceof PutReply.NotSent own) {
            return "not sent, " + own.reason();
        }
        return reply instanceof PutReply.Unknown unknown ? unknown.reason() : "acknowledged";
    }
}
