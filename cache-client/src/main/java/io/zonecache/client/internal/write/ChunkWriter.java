package io.zonecache.client.internal.write;

import io.zonecache.client.FillConfig;
import io.zonecache.client.PrimeResult;
import io.zonecache.client.WriteStats;
import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.lease.Activity;
import io.zonecache.client.internal.lease.FillLease;
import io.zonecache.client.internal.limit.FillMemoryQueue;
import io.zonecache.client.internal.limit.ResourceQueue;
import io.zonecache.client.internal.read.NodeFinding;
import io.zonecache.client.internal.read.ZoneReader;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.transport.StripeTransport;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.client.internal.view.ZoneKnowledge;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.ZoneNode;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** All that one client writes into its zone. Safe for concurrent use, never blocks; everything in flight is bounded. */
public final class ChunkWriter implements AutoCloseable {

    private final WriteContext context;
    private final Repairer repairer;
    private final Primer primer;

    /**
     * Closes none of its parts.
     *
     * @param reader of chunks that are brought to all their stripes
     * @param memory of stripes on their way to nodes
     * @param random thread-safe, such as {@link java.util.Random}
     * @param activity counts writes under way
     * @param encoder runs what takes a processor for long: hashing and encoding of chunks that are primed
     */
    public ChunkWriter(
            FillConfig config,
            StripeTransport transport,
            ZoneReader reader,
            ZoneKnowledge zone,
            FillMemoryQueue memory,
            ChunkCodec codec,
            ClientTimer timer,
            RandomGenerator random,
            Activity activity,
            Executor encoder) {
        this.context =
                new WriteContext(config, transport, reader, zone, memory, codec, timer, random, activity, encoder);
        this.repairer = new Repairer(context);
        this.primer = new Primer(context);
    }

    /** What all stripes of a chunk take. */
    public static long encodedBytes(CodeSpec code, int chunkBytes) {
        return StripeWriter.encodedBytes(code, chunkBytes);
    }

    /**
     * One fetched chunk on its way into the zone, and what its fill holds until it is there.
     *
     * @param lease of the fill; ended as soon as its outcome is known
     * @param rank of the fill's requests
     * @param isUnreachable whether a node is known not to take its stripes
     * @param memory the chunk's and its stripes'
     * @param onReserved called once the stripes count among the bytes on their way, unless the write-back ends before
     * @param onEnded called once, when nothing of the write-back is under way any more
     */
    public record Fetched(
            FillLease lease,
            int rank,
            Predicate<ZoneNode> isUnreachable,
            ResourceQueue.Reservation memory,
            Runnable onReserved,
            Runnable onEnded) {}

    /** Stores a chunk that has been fetched; goes on by itself. */
    public void writeBack(KnownView view, ByteBuffer chunk, Fetched fetched) {
        new WriteBack(context, fetched).start(view, chunk);
    }

    /** A write-back could not even begin. */
    public void countFailedWriteBack() {
        context.counters.writeBacksFailed.increment();
    }

    /**
     * Stores a chunk's stripes that no miss has asked for. Completes with what was acknowledged; fails with {@code KEY_MISMATCH},
     * {@code TOO_LARGE}, {@code ZONE_UNCERTAIN} (no view), {@code BUSY} (1,024 calls are under way, or no memory or write capacity in time) or
     * {@code CLOSED}. Cancelling the future stops a call that waits; stripes that are being sent are sent to the end.
     *
     * @param chunk its remaining bytes, which must not change until the future completes
     * @param onWriting called before the first stripe is sent
     */
    public CompletableFuture<PrimeResult> prime(
            ChunkKey key, ByteBuffer chunk, long deadlineNanos, Runnable onWriting) {
        return primer.prime(key, chunk, deadlineNanos, onWriting);
    }

    /**
     * Puts stripes that a read found missing or bad where they belong, if the repair budget allows.
     *
     * @param chunk the whole chunk, verified
     * @param code that the stripes read were written with
     * @param findings what each node of the placement, in its order, was found to hold
     */
    public void repair(ChunkKey key, ByteBuffer chunk, CodeSpec code, List<NodeFinding> findings) {
        repairer.repair(key, chunk, code, findings);
    }

    /** Every read of the zone earns a fraction of a repair. */
    public void countRead() {
        repairer.countRead();
    }

    /** Of stripes on their way to nodes now. */
    public long bytesInFlight() {
        return context.writer.bytesInFlight();
    }

    public WriteStats stats() {
        WriteCounters counters = context.counters;
        return new WriteStats(
                counters.writeBacks.sum(),
                counters.writeBacksFailed.sum(),
                counters.repairs.sum(),
                counters.repairsDropped.sum(),
                bytesInFlight(),
                context.completer.incomplete(),
                context.completer.completed(),
                context.completer.dropped());
    }

    /** Gives up what is under way. */
    @Override
    public void close() {
        context.close();
    }
}
