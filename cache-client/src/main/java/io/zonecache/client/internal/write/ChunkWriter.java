package io.zonecache.client.internal.write;

import io.zonecache.client.FillConfig;
import io.zonecache.client.PrimeResult;
import io.zonecache.client.WriteStats;
import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.lease.Activity;
import io.zonecache.client.internal.limit.FillMemoryQueue;
import io.zonecache.client.internal.read.NodeFinding;
import io.zonecache.client.internal.read.ZoneReader;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.transport.StripeTransport;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.client.internal.view.ZoneKnowledge;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** Makes all writes of one client to its zone. Safe for concurrent use, never blocks; everything in flight is bounded. */
public final class ChunkWriter implements AutoCloseable {

    private final WriteContext context;
    private final ChunkCompleter completer;
    private final Repairer repairer;
    private final Primer primer;

    /**
     * Does not close any of its parameters.
     *
     * @param reader reads chunks that are to be completed
     * @param memory for stripes on their way to nodes
     * @param random thread-safe, such as {@link java.util.Random}
     * @param activity counts writes in flight
     * @param encoder runs CPU-heavy work: hashing and encoding of chunks that are primed
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
        this.completer = new ChunkCompleter(context);
        this.repairer = new Repairer(context);
        this.primer = new Primer(context, completer);
    }

    /** The bytes that all stripes of a chunk take. */
    public static long encodedBytes(CodeSpec code, int chunkBytes) {
        return StripeWriter.encodedBytes(code, chunkBytes);
    }

    /** Stores a chunk that has been fetched; continues by itself. */
    public void writeBack(KnownView view, ByteBuffer chunk, FetchedChunk fetched) {
        new WriteBack(context, completer, fetched).start(view, chunk);
    }

    /** A write-back could not even begin. */
    public void countFailedWriteBack() {
        context.counters.writeBacksFailed.increment();
    }

    /**
     * Stores a chunk's stripes that no miss has asked for. Completes with what was acknowledged; fails with {@code KEY_MISMATCH},
     * {@code TOO_LARGE}, {@code ZONE_UNCERTAIN} (no view), {@code BUSY} (1,024 calls are in flight, or no memory or write capacity in time),
     * {@code BAD_REQUEST} (empty) or {@code CLOSED}. Cancelling the future stops a call that waits; stripes already being sent are still sent.
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
    public void repair(ChunkName name, ByteBuffer chunk, CodeSpec code, List<NodeFinding> findings) {
        repairer.repair(name, chunk, code, findings);
    }

    /** Every read of the zone earns a fraction of a repair. */
    public void countRead() {
        repairer.countRead();
    }

    /** The bytes of stripes on their way to nodes now. */
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
                completer.incomplete(),
                completer.completed(),
                completer.dropped());
    }

    /** Completes no more chunks that have too few stripes; other writes continue. */
    public void stopCompletion() {
        context.stopCompletion();
        completer.close();
    }

    /** Abandons writes in flight. */
    @Override
    public void close() {
        stopCompletion();
        context.close();
    }
}
