package io.zonecache.client.internal.write;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.zonecache.client.FillConfig;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.code.StripeEncoder;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.limit.FillMemoryQueue;
import io.zonecache.client.internal.limit.ResourceQueue;
import io.zonecache.client.internal.limit.WaiterLimit;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.time.Pauses;
import io.zonecache.client.internal.transport.PutReply;
import io.zonecache.client.internal.transport.RequestContext;
import io.zonecache.client.internal.transport.StripeTransport;
import io.zonecache.client.internal.view.ZoneKnowledge;
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
    private final ZoneKnowledge zone;
    private final ClientTimer timer;
    private final RandomGenerator random;
    private final ResourceQueue bytes;

    /** Ended when the writer closes, because a paused write holds memory. */
    private final Pauses pauses;

    private volatile boolean isClosed;

    StripeWriter(
            FillConfig config,
            StripeTransport transport,
            ZoneKnowledge zone,
            ClientTimer timer,
            RandomGenerator random) {
        this.config = config;
        this.transport = transport;
        this.zone = zone;
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
     * @param enough once this many stripes are acknowledged, a node that does not answer is not asked again, and one that seems to be gone is not
     *     asked at all: its stripes would only keep memory and room from other writes
     */
    record WriteOptions(@Nullable String lease, int rank, long deadlineNanos, int attempts, int enough) {}

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

    /**
     * All records of a chunk; if the key is its SHA-256, nothing is hashed again.
     *
     * @param scheme of the zone
     */
    static List<StripeRecord> encode(
            ChunkCodec codec, KeyScheme scheme, CodeSpec code, ChunkName name, ByteBuffer chunk) {
        return StripeEncoder.encode(codec, code, name.key(), name.tag(scheme, codec, chunk), chunk);
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
     * @param held the write's memory and room among the bytes in flight; reduced to what is not settled, as nodes acknowledge or are given up
     * @param onAcknowledged called with the number of stripes acknowledged so far, each time it has grown, on any thread
     */
    CompletableFuture<Written> write(
            ChunkKey key,
            Map<ZoneNode, List<StripeRecord>> assigned,
            WriteOptions options,
            List<ResourceQueue.Reservation> held,
            IntConsumer onAcknowledged) {
        Write write = new Write(key, options, held, onAcknowledged);
        write.start(assigned);
        return write.result;
    }

    private static long bytesOf(List<StripeRecord> records) {
        return records.stream()
                .mapToLong(record -> record.header().recordBytes())
                .sum();
    }

    void close() {
        isClosed = true;
        bytes.close();
        pauses.close();
    }

    private final class Write {

        final ChunkKey key;
        final WriteOptions options;
        final List<ResourceQueue.Reservation> held;
        final IntConsumer onAcknowledged;
        final CompletableFuture<Written> result = new CompletableFuture<>();
        final List<String> failures = new ArrayList<>();

        /** What nodes get that seem to be gone, if the others do not take enough. */
        Map<ZoneNode, List<StripeRecord>> postponed = Map.of();

        int acknowledged;
        int unanswered;
        long bytesLeft;

        /** Nodes that are not settled, and one for the start. */
        int left;

        Write(ChunkKey key, WriteOptions options, List<ResourceQueue.Reservation> held, IntConsumer onAcknowledged) {
            this.key = key;
            this.options = options;
            this.held = held;
            this.onAcknowledged = onAcknowledged;
        }

        void start(Map<ZoneNode, List<StripeRecord>> assigned) {
            Map<ZoneNode, List<StripeRecord>> first = new LinkedHashMap<>();
            Map<ZoneNode, List<StripeRecord>> later = new LinkedHashMap<>();
            assigned.forEach((node, records) -> (mayLeaveOut(node) ? later : first).put(node, records));
            synchronized (this) {
                postponed = later;
                left = assigned.size() + 1;
                bytesLeft = assigned.values().stream()
                        .mapToLong(StripeWriter::bytesOf)
                        .sum();
            }
            release(bytesLeft);
            first.forEach((node, records) -> put(node, records, 1));
            leave();
        }

        private boolean mayLeaveOut(ZoneNode node) {
            return options.enough() < Integer.MAX_VALUE && zone.isSkipped(node);
        }

        private synchronized boolean hasEnough() {
            return acknowledged >= options.enough();
        }

        /** Also runs on the timer, where nothing else would report what it throws. */
        void put(ZoneNode node, List<StripeRecord> records, int attempt) {
            try {
                send(node, records, attempt);
            } catch (RuntimeException | Error e) {
                failed(node, records, e.toString());
            }
        }

        private void send(ZoneNode node, List<StripeRecord> records, int attempt) {
            long leftMillis =
                    Math.min(MAX_PUT_MILLIS, NANOSECONDS.toMillis(options.deadlineNanos() - timer.nanoTime()));
            if (isClosed || leftMillis <= 0) {
                failed(node, records, isClosed ? "closed" : "no time left");
                return;
            }
            RequestContext request = new RequestContext(
                    leftMillis, Math.min(config.putAttemptMillis(), leftMillis), options.rank(), options.lease(), null);
            Futures.then(
                    Futures.call(() -> transport.put(node, key, request, records)),
                    reply -> answered(node, records, attempt, reply),
                    failure -> failed(node, records, String.valueOf(failure.getMessage())));
        }

        private void answered(ZoneNode node, List<StripeRecord> records, int attempt, PutReply reply) {
            if (reply instanceof PutReply.Acknowledged) {
                settled(records, records.size(), "");
                return;
            }
            boolean isUseless = reply instanceof PutReply.Unknown && hasEnough();
            long pauseNanos = pauseNanos(attempt, reply);
            boolean timeLeft = options.deadlineNanos() - timer.nanoTime() - pauseNanos > 0;
            // A PUT that was not sent is no attempt; but a write with a single attempt does not wait either.
            boolean isOwnShortage = reply instanceof PutReply.NotSent && options.attempts() > 1;
            boolean mayTryAgain = isOwnShortage || (mayRetry(reply) && attempt < options.attempts());
            if (mayTryAgain && timeLeft && !isClosed && !isUseless) {
                pauses.begin(pauseNanos, () -> put(node, records, isOwnShortage ? attempt : attempt + 1));
            } else {
                giveUp(node, records, reply);
            }
        }

        private void giveUp(ZoneNode node, List<StripeRecord> records, PutReply reply) {
            if (reply instanceof PutReply.Unknown) {
                addUnanswered(records.size());
            }
            failed(node, records, describe(reply) + " (expected: an acknowledgement)");
        }

        private synchronized void addUnanswered(int stripes) {
            unanswered += stripes;
        }

        private void failed(ZoneNode node, List<StripeRecord> records, String why) {
            settled(records, 0, "node " + node.id() + ": " + why);
        }

        private void settled(List<StripeRecord> records, int stripes, String failure) {
            int acknowledgedNow;
            long bytesLeftNow;
            synchronized (this) {
                acknowledged += stripes;
                acknowledgedNow = acknowledged;
                bytesLeft -= bytesOf(records);
                bytesLeftNow = bytesLeft;
                if (!failure.isEmpty()) {
                    failures.add(failure);
                }
            }
            if (stripes > 0) {
                reportProgress(acknowledgedNow);
            }
            release(bytesLeftNow);
            leave();
        }

        /** What throws must not make the node count twice; the write's owner releases all in the end. */
        private void release(long remainingBytes) {
            try {
                held.forEach(reservation -> reservation.shrinkTo(remainingBytes));
            } catch (RuntimeException | Error e) {
                synchronized (this) {
                    failures.add("release: " + e);
                }
            }
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
            Map<ZoneNode, List<StripeRecord>> next;
            synchronized (this) {
                if (--left > postponed.size()) {
                    return;
                }
                next = postponed;
                postponed = Map.of();
            }
            if (next.isEmpty()) {
                result.complete(new Written(acknowledged, unanswered, failures));
            } else if (hasEnough()) {
                next.forEach((node, records) ->
                        failed(node, records, "not asked, it seems to be gone (expected: an acknowledgement)"));
            } else {
                next.forEach((node, records) -> put(node, records, 1));
            }
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
