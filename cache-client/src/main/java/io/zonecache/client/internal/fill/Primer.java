package io.zonecache.client.internal.fill;

import io.zonecache.client.PrimeResult;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.fill.StripeWriter.Effort;
import io.zonecache.client.internal.fill.ZoneKnowledge.PlacedView;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.Protocol;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneSettings;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Writes that no miss has asked for: a chunk's owner brings it into the zone ahead of use. */
final class Primer {

    private final FillContext context;

    Primer(FillContext context) {
        this.context = context;
    }

    CompletableFuture<PrimeResult> prime(ChunkKey key, ByteBuffer chunk, long deadlineNanos) {
        PlacedView view = context.zone.current();
        if (context.isClosed()) {
            return CompletableFuture.failedFuture(Futures.closed(null));
        }
        if (view == null) {
            return CompletableFuture.failedFuture(new CacheException(
                    CacheErrorCode.ZONE_UNCERTAIN, "chunk " + key + ": no view of the zone yet (expected: one)"));
        }
        ByteBuffer bytes = chunk.slice();
        ZoneSettings settings = view.view().settings();
        return Futures.call(() -> {
            check(settings, key, bytes);
            CompletableFuture<PrimeResult> result = new CompletableFuture<>();
            context.activity.begin();
            Futures.thenRun(result, context.activity::end);
            Futures.then(
                    context.memory.take(
                            StripeWriter.encodedBytes(settings.code(), bytes.remaining()),
                            deadlineNanos - context.nanoTime()),
                    memory -> {
                        Futures.thenRun(result, memory::release);
                        awaitTurn(view, key, bytes, deadlineNanos, result);
                    },
                    failure -> result.completeExceptionally(asBusy(key, failure)));
            return result;
        });
    }

    private void awaitTurn(
            PlacedView view,
            ChunkKey key,
            ByteBuffer chunk,
            long deadlineNanos,
            CompletableFuture<PrimeResult> result) {
        CodeSpec code = view.view().settings().code();
        Futures.then(
                context.writer.reserve(code, chunk.remaining(), deadlineNanos - context.nanoTime()),
                held -> write(view, key, chunk, deadlineNanos, held, result),
                failure -> result.completeExceptionally(asBusy(key, failure)));
    }

    private void check(ZoneSettings settings, ChunkKey key, ByteBuffer chunk) {
        int most = context.config.maxChunkBytes();
        if (chunk.remaining() < 1 || chunk.remaining() > most) {
            throw new CacheException(
                    CacheErrorCode.TOO_LARGE,
                    "bytes of chunk " + key + ": " + chunk.remaining() + " (expected: 1.." + most + ")");
        }
        if (settings.keyScheme() == KeyScheme.SHA256) {
            ChunkKey found = ChunkKey.sha256Of(chunk);
            if (!found.equals(key)) {
                throw new CacheException(
                        CacheErrorCode.KEY_MISMATCH, "chunk " + key + ": SHA-256 " + found + " (expected: its key)");
            }
        }
    }

    private void write(
            PlacedView view,
            ChunkKey key,
            ByteBuffer chunk,
            long deadlineNanos,
            ResourceQueue.Held held,
            CompletableFuture<PrimeResult> result) {
        Futures.thenRun(result, held::release);
        ZoneSettings settings = view.view().settings();
        CodeSpec code = settings.code();
        List<ZoneNode> placement = view.placement().nodesFor(key);
        if (placement.isEmpty()) {
            result.complete(new PrimeResult(code.stripes(), code.data(), 0, List.of("no node in the view")));
            return;
        }
        context.absent.forget(key);
        Futures.then(
                Futures.call(() -> {
                    List<StripeRecord> records = StripeWriter.encode(settings.keyScheme(), code, key, chunk);
                    Effort effort =
                            new Effort(null, context.random.nextInt(Protocol.RANKS), deadlineNanos, Integer.MAX_VALUE);
                    return context.writer.write(
                            key, StripeWriter.byNode(placement, records), effort, acknowledged -> {});
                }),
                written -> result.complete(
                        new PrimeResult(code.stripes(), code.data(), written.acknowledged(), written.failures())),
                result::completeExceptionally);
    }

    private static CacheException asBusy(ChunkKey key, CacheException failure) {
        return failure.code() == CacheErrorCode.ORIGIN_LIMIT
                ? new CacheException(CacheErrorCode.BUSY, "chunk " + key + ": " + failure.detail(), failure)
                : failure;
    }
}
