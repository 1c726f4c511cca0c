package io.zonecache.client.internal.write;

import io.zonecache.client.PrimeResult;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.code.StripeEncoder;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.client.internal.write.StripeWriter.WriteOptions;
import io.zonecache.client.internal.write.WriteScope.Resource;
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

    private final WriteContext context;

    Primer(WriteContext context) {
        this.context = context;
    }

    CompletableFuture<PrimeResult> prime(ChunkKey key, ByteBuffer chunk, long deadlineNanos, Runnable onWriting) {
        KnownView view = context.zone.current();
        if (context.isClosed()) {
            return CompletableFuture.failedFuture(Futures.closed(null));
        }
        if (view == null) {
            return CompletableFuture.failedFuture(new CacheException(
                    CacheErrorCode.ZONE_UNCERTAIN, "chunk " + key + ": no view of the zone yet (expected: one)"));
        }
        ByteBuffer bytes = chunk.slice();
        ZoneSettings settings = view.view().settings();
        CompletableFuture<PrimeResult> checked = Futures.call(() -> {
            check(settings, key, bytes);
            return new CompletableFuture<>();
        });
        if (checked.isDone()) {
            return checked;
        }
        WriteScope scope = new WriteScope(context.activity);
        CompletableFuture<PrimeResult> result = new CompletableFuture<>();
        long stripeBytes = StripeWriter.encodedBytes(settings.code(), bytes.remaining());
        Futures.then(
                Futures.call(() -> context.memory.take(stripeBytes, deadlineNanos - context.nanoTime())),
                memory -> {
                    scope.own(Resource.MEMORY, memory::release);
                    awaitTurn(new Priming(view, key, bytes, deadlineNanos, onWriting, scope, result));
                },
                failure -> fail(scope, result, toBusy(key, failure)));
        return result;
    }

    /** One chunk on its way. */
    private record Priming(
            KnownView view,
            ChunkKey key,
            ByteBuffer chunk,
            long deadlineNanos,
            Runnable onWriting,
            WriteScope scope,
            CompletableFuture<PrimeResult> result) {}

    private static void fail(WriteScope scope, CompletableFuture<PrimeResult> result, CacheException failure) {
        try {
            scope.close();
        } finally {
            result.completeExceptionally(failure);
        }
    }

    private static void succeed(Priming priming, PrimeResult written) {
        try {
            priming.scope.close();
        } finally {
            priming.result.complete(written);
        }
    }

    private void awaitTurn(Priming priming) {
        CodeSpec code = priming.view.view().settings().code();
        Futures.then(
                context.writer.reserve(code, priming.chunk.remaining(), priming.deadlineNanos - context.nanoTime()),
                held -> {
                    priming.scope.own(Resource.WRITES, held::release);
                    write(priming);
                },
                failure -> fail(priming.scope, priming.result, toBusy(priming.key, failure)));
    }

    private void check(ZoneSettings settings, ChunkKey key, ByteBuffer chunk) {
        int maxBytes = context.config.maxChunkBytes();
        if (chunk.remaining() < 1 || chunk.remaining() > maxBytes) {
            throw StripeEncoder.lengthOutOfRange(key, chunk.remaining(), maxBytes);
        }
        if (settings.keyScheme() == KeyScheme.SHA256) {
            ChunkKey found = context.codec.sha256(chunk);
            if (!found.equals(key)) {
                throw new CacheException(
                        CacheErrorCode.KEY_MISMATCH, "chunk " + key + ": SHA-256 " + found + " (expected: its key)");
            }
        }
    }

    private void write(Priming priming) {
        ZoneSettings settings = priming.view.view().settings();
        CodeSpec code = settings.code();
        List<ZoneNode> placement = priming.view.placement().nodesFor(priming.key);
        if (placement.isEmpty()) {
            succeed(priming, new PrimeResult(code.stripes(), code.data(), 0, List.of("no node in the view")));
            return;
        }
        priming.onWriting.run();
        List<StripeRecord> records =
                StripeWriter.encode(context.codec, settings.keyScheme(), code, priming.key, priming.chunk);
        WriteOptions options = new WriteOptions(
                null, context.random.nextInt(Protocol.RANKS), priming.deadlineNanos, Integer.MAX_VALUE);
        Futures.then(
                context.writer.write(priming.key, StripeWriter.byNode(placement, records), options, acknowledged -> {}),
                written -> {
                    context.completer.written(priming.key, written.acknowledged(), code);
                    succeed(
                            priming,
                            new PrimeResult(code.stripes(), code.data(), written.acknowledged(), written.failures()));
                },
                failure -> fail(priming.scope, priming.result, failure));
    }

    private static CacheException toBusy(ChunkKey key, CacheException failure) {
        return failure.code() == CacheErrorCode.ORIGIN_LIMIT
                ? new CacheException(CacheErrorCode.BUSY, "chunk " + key + ": " + failure.detail(), failure)
                : failure;
    }
}
