package io.zonecache.client.internal.flight;

import io.zonecache.client.LeaseStats;
import io.zonecache.client.OriginStats;
import io.zonecache.client.PrimeResult;
import io.zonecache.client.WriteStats;
import io.zonecache.client.internal.fill.FillStats;
import io.zonecache.client.internal.fill.FilledChunk;
import io.zonecache.client.internal.fill.ZoneFiller;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.read.NodeFinding;
import io.zonecache.client.internal.read.ZoneRead;
import io.zonecache.client.internal.read.ZoneReader;
import io.zonecache.client.origin.StoredObject;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.ZoneNode;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A zone and an origin whose answers are the test's: every load reads the zone, and fills after a miss. */
final class FakeTiers implements ZoneReader, ZoneFiller {

    static final ZoneRead.Miss MISS = new ZoneRead.Miss(List.of(), 0, 0, ZoneRead.Basis.PROVEN);

    /** What was begun, in order. */
    final List<ChunkRead> begun = new CopyOnWriteArrayList<>();

    /** Reads of the zone, in order; the test completes them. */
    final List<CompletableFuture<ZoneRead>> reads = new CopyOnWriteArrayList<>();

    final List<CompletableFuture<FilledChunk>> fills = new CopyOnWriteArrayList<>();

    /** Thrown by the next steps, if any. */
    @Nullable
    Supplier<Throwable> beginThrows;

    @Nullable
    Supplier<Throwable> readThrows;

    @Nullable
    Supplier<Throwable> fillThrows;

    static ZoneRead hit(int bytes) {
        return new ZoneRead.Hit(ByteBuffer.allocate(bytes).asReadOnlyBuffer());
    }

    @Override
    public ChunkRead begin(ChunkName name, @Nullable String traceparent, long deadlineNanos) {
        throwIfAsked(beginThrows);
        ChunkRead read = new ChunkRead(name, traceparent, 0, deadlineNanos);
        begun.add(read);
        return read;
    }

    @Override
    public CompletableFuture<ZoneRead> read(ChunkRead read) {
        throwIfAsked(readThrows);
        CompletableFuture<ZoneRead> result = new CompletableFuture<>();
        reads.add(result);
        return result;
    }

    @Override
    public CompletableFuture<List<ZoneNode>> probe(ChunkRead read, List<ZoneNode> nodes) {
        throw new UnsupportedOperationException("probes are the filler's");
    }

    @Override
    public CompletableFuture<FilledChunk> fill(ChunkRead read, ZoneRead.Miss miss) {
        throwIfAsked(fillThrows);
        CompletableFuture<FilledChunk> result = new CompletableFuture<>();
        fills.add(result);
        return result;
    }

    @SuppressWarnings("unchecked")
    static <T extends Throwable> void throwIfAsked(@Nullable Supplier<Throwable> failure) throws T {
        if (failure != null) {
            throw (T) failure.get();
        }
    }

    @Override
    public CompletableFuture<StoredObject> stat(String uri, @Nullable String versionId, long deadlineNanos) {
        throw new UnsupportedOperationException();
    }

    @Override
    public CompletableFuture<PrimeResult> prime(ChunkKey key, ByteBuffer chunk, long deadlineNanos) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void repair(ChunkName name, ByteBuffer chunk, CodeSpec code, List<NodeFinding> findings) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void countRead() {}

    @Override
    public FillStats stats() {
        return new FillStats(
                new OriginStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
                new LeaseStats(0, 0, 0),
                new WriteStats(0, 0, 0, 0, 0, 0, 0, 0));
    }

    @Override
    public void stopCompletion() {}

    @Override
    public CompletableFuture<Void> whenIdle() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void close() {}
}
