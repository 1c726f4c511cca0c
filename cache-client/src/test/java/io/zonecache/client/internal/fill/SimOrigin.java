package io.zonecache.client.internal.fill;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.time.ClientTimer.Scheduled;
import io.zonecache.client.internal.time.VirtualTimer;
import io.zonecache.client.origin.FetchRequest;
import io.zonecache.client.origin.FetchTimeouts;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.StatRequest;
import io.zonecache.client.origin.StoredObject;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** The origin of all clients in virtual time; it counts what reaches it. */
final class SimOrigin implements Origin {

    final Map<ChunkKey, byte[]> chunks = new HashMap<>();
    private final Map<ObjectRange, ChunkKey> ranges = new HashMap<>();
    final Map<ChunkKey, Integer> fetches = new HashMap<>();
    long medianMillis = 36;
    long maxMillis = 60_000;

    /** Attempts given up for their silence, although their fetches had time left. */
    int silenced;

    /** For how long a body's bytes come, evenly, after the first. */
    long bodyMillis;

    /** So many fetches at once get its full speed; more share it. */
    int servers = Integer.MAX_VALUE;

    /** Whether the zone may keep its chunks. */
    boolean allowsWriteBack = true;

    /** Whether it asks for a chunk's memory before the chunk's bytes come. */
    boolean reservesFirst;

    int inFlight;
    int peak;
    int total;
    private double inFlightMillis;
    private double busyMillis;
    private long changedNanos;

    /** What happens to the bytes, or the failure, of a fetch. */
    Function<byte[], byte[]> fault = Function.identity();

    /** Answers requests for objects, after 20 ms. */
    Function<StatRequest, StoredObject> stat = request -> new StoredObject(request.uri(), "\"1\"", 100);

    int stats;
    int statsInFlight;

    private final VirtualTimer timer;
    private final Random random;

    SimOrigin(VirtualTimer timer, Random random) {
        this.timer = timer;
        this.random = random;
    }

    ChunkKey add(int bytes) {
        byte[] chunk = new byte[bytes];
        random.nextBytes(chunk);
        ChunkKey key = ChunkKey.sha256Of(chunk);
        chunks.put(key, chunk);
        return key;
    }

    /** An object's range, which is no chunk of the origin by its key. */
    ObjectRange addRange(int bytes) {
        ChunkKey content = add(bytes);
        ObjectRange range = new ObjectRange("s3://bucket/" + content, "\"1\"", 0, bytes);
        ranges.put(range, content);
        return range;
    }

    @Override
    public CompletableFuture<byte[]> fetch(FetchRequest request) {
        ChunkKey key = stored(new ChunkName(request.key(), request.range()));
        byte[] chunk = chunks.get(key);
        return reservesFirst && chunk != null
                ? request.reservation().reserve(chunk.length).thenCompose(granted -> fetch(key, request.timeouts()))
                : fetch(key, request.timeouts());
    }

    /** What a read of this chunk is to return. */
    byte[] bytes(ChunkName name) {
        return Objects.requireNonNull(chunks.get(stored(name)));
    }

    private ChunkKey stored(ChunkName name) {
        return name.range() == null ? name.key() : ranges.getOrDefault(name.range(), name.key());
    }

    private CompletableFuture<byte[]> fetch(ChunkKey key, FetchTimeouts timeouts) {
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        total++;
        fetches.merge(key, 1, Integer::sum);
        changeInFlight(1);
        peak = Math.max(peak, inFlight);
        double slowness = Math.max(1, inFlight / (double) servers);
        long latencyMillis =
                Math.min(maxMillis, (long) (slowness * medianMillis * Math.exp(0.6 * random.nextGaussian())));
        Scheduled answer = timer.schedule(MILLISECONDS.toNanos(latencyMillis + bodyMillis), () -> answer(key, result));
        long endMillis = latencyMillis > timeouts.idleMillis()
                ? Math.min(timeouts.idleMillis(), timeouts.totalMillis())
                : timeouts.totalMillis();
        silenced += endMillis < timeouts.totalMillis() ? 1 : 0;
        Scheduled timeout = timer.schedule(
                MILLISECONDS.toNanos(endMillis),
                () -> result.completeExceptionally(new CacheException(
                        CacheErrorCode.ORIGIN_FAILED, "no answer (expected: within " + endMillis + " ms)")));
        CompletableFuture<byte[]> told = new CompletableFuture<>();
        CompletableFuture<byte[]> unused = result.whenComplete((value, failure) -> {
            // Before anybody is told, who may ask for the next chunk at once.
            changeInFlight(-1);
            answer.cancel();
            timeout.cancel();
            if (failure == null) {
                told.complete(value);
            } else {
                told.completeExceptionally(failure);
            }
        });
        CompletableFuture<byte[]> unusedEnd = told.whenComplete((value, failure) -> result.cancel(true));
        return told;
    }

    @Override
    public boolean allowsWriteBack() {
        return allowsWriteBack;
    }

    @Override
    public CompletableFuture<StoredObject> stat(StatRequest request) {
        stats++;
        statsInFlight++;
        CompletableFuture<StoredObject> result = new CompletableFuture<>();
        Scheduled answer = timer.schedule(MILLISECONDS.toNanos(20), () -> {
            try {
                result.complete(stat.apply(request));
            } catch (CacheException e) {
                result.completeExceptionally(e);
            }
        });
        CompletableFuture<StoredObject> unused = result.whenComplete((value, failure) -> {
            statsInFlight--;
            answer.cancel();
        });
        return result;
    }

    private void changeInFlight(int by) {
        if (inFlight > 0) {
            double millis = (timer.nanoTime() - changedNanos) / 1e6;
            busyMillis += millis;
            inFlightMillis += inFlight * millis;
        }
        changedNanos = timer.nanoTime();
        inFlight += by;
    }

    /** Over the time in which there was any. */
    double meanInFlight() {
        return inFlightMillis / busyMillis;
    }

    private void answer(ChunkKey key, CompletableFuture<byte[]> result) {
        byte[] chunk = chunks.get(key);
        if (chunk == null) {
            result.completeExceptionally(new CacheException(CacheErrorCode.ABSENT, "no such chunk"));
            return;
        }
        try {
            result.complete(fault.apply(chunk));
        } catch (RuntimeException | Error e) {
            result.completeExceptionally(e);
        }
    }

    @Override
    public CompletableFuture<Void> store(ChunkKey key, ByteBuffer chunk, long timeoutMillis) {
        throw new UnsupportedOperationException("filling stores nothing in the origin");
    }

    @Override
    public String describe() {
        return "sim:origin";
    }

    @Override
    public void close() {}
}
