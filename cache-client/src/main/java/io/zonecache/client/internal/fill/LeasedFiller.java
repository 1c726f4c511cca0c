package io.zonecache.client.internal.fill;

import io.zonecache.client.FillConfig;
import io.zonecache.client.LeaseStats;
import io.zonecache.client.OriginStats;
import io.zonecache.client.PrimeResult;
import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.read.NodeFinding;
import io.zonecache.client.internal.read.ZoneRead;
import io.zonecache.client.internal.read.ZoneReader;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.transport.StripeTransport;
import io.zonecache.client.internal.view.ZoneKnowledge;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.StatRequest;
import io.zonecache.client.origin.StoredObject;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Fills chunks under leases that the zone's nodes grant, so that all clients together stay within the zone's origin budget. */
public final class LeasedFiller implements ZoneFiller {

    final FillContext context;
    final Set<FillOperation> operations = ConcurrentHashMap.newKeySet();
    private final OriginFetcher fetcher;
    private final ObjectStats stats;
    private volatile boolean isClosed;

    /**
     * Does not close any of its parameters.
     *
     * @param assumptions used as long as no view is known
     * @param origin null if there is only the zone: then a miss is {@code NOT_FOUND}
     * @param memory for chunks from the origin, and stripes on their way to nodes
     * @param random thread-safe, such as {@link java.util.Random}
     * @param encoder hashes and encodes chunks that are primed
     */
    public LeasedFiller(
            FillConfig config,
            ZoneAssumptions assumptions,
            ZoneReader reader,
            StripeTransport transport,
            ZoneKnowledge zone,
            @Nullable Origin origin,
            MemoryBudget.Share memory,
            ChunkCodec codec,
            ClientTimer timer,
            RandomGenerator random,
            Executor encoder) {
        this.context = new FillContext(
                config, assumptions, reader, transport, zone, origin, memory, codec, timer, random, encoder);
        this.fetcher = new OriginFetcher(context);
        this.stats = new ObjectStats(context);
    }

    @Override
    public CompletableFuture<FilledChunk> fill(ChunkRead read, ZoneRead.Miss miss) {
        Origin origin = context.origin;
        if (origin == null) {
            return CompletableFuture.failedFuture(new CacheException(
                    CacheErrorCode.NOT_FOUND, "chunk " + read.key() + ": not in the zone, and there is no origin"));
        }
        FillOperation operation = new FillOperation(context, fetcher, origin, read, miss, operations::remove);
        operations.add(operation);
        CompletableFuture<FilledChunk> result = operation.start();
        if (isClosed) {
            operation.close();
        }
        return result;
    }

    @Override
    public CompletableFuture<StoredObject> stat(String uri, @Nullable String versionId, long deadlineNanos) {
        Origin origin = context.origin;
        if (origin == null) {
            return CompletableFuture.failedFuture(new CacheException(
                    CacheErrorCode.BAD_REQUEST, "object: \"" + uri + "\" without an origin (expected: one)"));
        }
        try {
            StatRequest unused = new StatRequest(uri, versionId, 1);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.failedFuture(
                    new CacheException(CacheErrorCode.BAD_REQUEST, String.valueOf(e.getMessage()), e));
        }
        return stats.stat(origin, new RememberedObjects.Name(uri, versionId), deadlineNanos);
    }

    @Override
    public CompletableFuture<PrimeResult> prime(ChunkKey key, ByteBuffer chunk, long deadlineNanos) {
        Origin origin = context.origin;
        if (origin != null && !origin.allowsWriteBack()) {
            return CompletableFuture.failedFuture(new CacheException(
                    CacheErrorCode.BAD_REQUEST,
                    "chunk " + key + ": the zone must keep nothing of " + origin.describe()
                            + " (expected: an origin that allows write-back)"));
        }
        return context.writer.prime(key, chunk, deadlineNanos, () -> context.absent.forget(key));
    }

    @Override
    public void repair(ChunkName name, ByteBuffer chunk, CodeSpec code, List<NodeFinding> findings) {
        context.writer.repair(name, chunk.slice(), code, findings);
    }

    @Override
    public void countRead() {
        context.writer.countRead();
    }

    @Override
    public FillStats stats() {
        FillCounters counters = context.counters;
        OriginStats origin = new OriginStats(
                counters.originFetches.sum(),
                counters.originRetries.sum(),
                counters.originFailures.sum(),
                counters.uncoordinatedFetches.sum(),
                counters.absent.sum(),
                counters.refused.sum(),
                context.limit.fetchesInFlight(),
                context.limit.limit(),
                context.waiters.waiters(),
                counters.stats.sum());
        LeaseStats leases =
                new LeaseStats(counters.leases.sum(), counters.leasesUnused.sum(), counters.filledByOthers.sum());
        return new FillStats(origin, leases, context.writer.stats());
    }

    @Override
    public void stopCompletion() {
        context.writer.stopCompletion();
    }

    @Override
    public CompletableFuture<Void> whenIdle() {
        return context.activity.whenIdle();
    }

    @Override
    public void close() {
        isClosed = true;
        operations.forEach(FillOperation::close);
        stats.close();
        fetcher.close();
        context.close();
    }
}
