package io.zonecache.client.internal.read;

import io.zonecache.client.ReaderStats;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.client.internal.node.NodeTracker;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.transport.StripeTransport;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.model.Protocol;
import io.zonecache.model.ZoneNode;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Asks the nodes of a placement, all n or k first; the first k distinct, verified stripes win (docs/decisions/0008-read-path.md).
 * {@link ChunkReadOperation} is one read; this class starts reads, and keeps track of those in flight. Safe for concurrent use; futures complete on
 * the transport's threads.
 */
public final class OverRequestReader implements ZoneReader, AutoCloseable {

    private final ReadContext context;
    private final Set<ChunkReadOperation> inFlight = ConcurrentHashMap.newKeySet();

    /**
     * @param views the newest view known, or null before the first
     * @param random draws ranks and jitter; must be safe for concurrent use
     * @param memory for incoming chunks
     */
    public OverRequestReader(
            StripeTransport transport,
            Supplier<@Nullable KnownView> views,
            NodeTracker nodeTracker,
            ClientTimer timer,
            RandomGenerator random,
            ReadOptions options,
            MemoryBudget.Share memory,
            ReadListener listener,
            DecodingThreads threads,
            ChunkCodec codec) {
        this.context = new ReadContext(
                transport, views, nodeTracker, timer, random, options, memory, listener, threads, codec);
    }

    @Override
    public ChunkRead begin(ChunkName name, @Nullable String traceparent, long deadlineNanos) {
        return new ChunkRead(name, traceparent, context.random.nextInt(Protocol.RANKS), deadlineNanos);
    }

    @Override
    public CompletableFuture<ZoneRead> read(ChunkRead read) {
        ChunkReadOperation operation = new ChunkReadOperation(context, read);
        inFlight.add(operation);
        CompletableFuture<ZoneRead> result = operation.start();
        Futures.whenDone(result, (found, failure) -> inFlight.remove(operation));
        return result;
    }

    @Override
    public CompletableFuture<List<ZoneNode>> probe(ChunkRead read, List<ZoneNode> nodes) {
        List<CompletableFuture<Boolean>> probes = nodes.stream()
                .map(node -> TrackedGet.probe(context, read, node))
                .toList();
        return CompletableFuture.allOf(probes.toArray(new CompletableFuture<?>[0]))
                .thenApply(done -> IntStream.range(0, nodes.size())
                        .filter(i -> probes.get(i).join())
                        .mapToObj(nodes::get)
                        .toList());
    }

    public ReaderStats stats() {
        return context.counters.stats();
    }

    /** Rounds that hold a slot and memory now. */
    public int roundsInFlight() {
        return context.gate.inFlight();
    }

    /** Rounds that wait for a slot or memory now. */
    public int roundsWaiting() {
        return context.gate.waiting();
    }

    /** Reads in flight fail with {@code CLOSED}; close the transport after this. */
    @Override
    public void close() {
        context.close();
        inFlight.forEach(ChunkReadOperation::close);
    }
}
