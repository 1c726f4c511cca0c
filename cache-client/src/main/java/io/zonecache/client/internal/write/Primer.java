package io.zonecache.client.internal.write;

import io.zonecache.client.PrimeResult;
import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.code.StripeEncoder;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.limit.ResourceQueue;
import io.zonecache.client.internal.limit.WaiterLimit;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.client.internal.write.StripeWriter.WriteOptions;
import io.zonecache.client.internal.write.WriteScope.Resource;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.Protocol;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneSettings;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Primes chunks: writes that no miss has requested, with which a chunk's owner brings it into the zone ahead of use. A call waits for a view, for
 * memory, and for write capacity; then its chunk is hashed and encoded on a separate thread, and sent. Thread-safe.
 */
final class Primer {

    /** Maximum number of calls in flight, whose chunks are the callers' memory: as many as reads may wait by default. */
    static final int MAX_CALLS = 1_024;

    private final WriteContext context;
    private final ChunkCompleter completer;
    private final WaiterLimit calls = new WaiterLimit(MAX_CALLS);

    Primer(WriteContext context, ChunkCompleter completer) {
        this.context = context;
        this.completer = completer;
    }

    /** Cancelling the future stops a call that waits; a write that has begun is completed. */
    CompletableFuture<PrimeResult> prime(ChunkKey key, ByteBuffer chunk, long deadlineNanos, Runnable onWriting) {
        if (context.isClosed()) {
            return CompletableFuture.failedFuture(Futures.closed(null));
        }
        ByteBuffer bytes = chunk.slice();
        int maxBytes = context.config.maxChunkBytes();
        if (bytes.remaining() < 1 || bytes.remaining() > maxBytes) {
            return CompletableFuture.failedFuture(StripeEncoder.lengthOutOfRange(key, bytes.remaining(), maxBytes));
        }
        // Made first: nothing may throw between the entry and its owner.
        Priming priming = new Priming(ChunkName.of(key), bytes, deadlineNanos, onWriting);
        Runnable leave = calls::leave;
        if (!calls.tryEnter()) {
            priming.scope.close();
            return CompletableFuture.failedFuture(new CacheException(
                    CacheErrorCode.BUSY,
                    "chunk " + key + ": " + calls.waiters() + " calls of prime are under way (expected: fewer than "
                            + MAX_CALLS + ")"));
        }
        priming.scope.own(Resource.CALL, leave);
        Futures.thenRun(priming.result, priming::onResult);
        Futures.then(Futures.call(context.zone::known), known -> priming.takeMemory(), priming::fail);
        return priming.result;
    }

    /** One chunk that is being primed. */
    private final class Priming {

        private final ChunkName name;
        private final ByteBuffer chunk;
        private final long deadlineNanos;
        private final Runnable onWriting;
        private final WriteScope scope = new WriteScope(context.activity);
        private final CompletableFuture<PrimeResult> result = new CompletableFuture<>();

        /** Whether the wait is over, by a write or by a cancellation. */
        private final AtomicBoolean isDecided = new AtomicBoolean();

        Priming(ChunkName name, ByteBuffer chunk, long deadlineNanos, Runnable onWriting) {
            this.name = name;
            this.chunk = chunk;
            this.deadlineNanos = deadlineNanos;
            this.onWriting = onWriting;
        }

        void onResult() {
            if (result.isCancelled() && isDecided.compareAndSet(false, true)) {
                scope.close();
            }
        }

        void takeMemory() {
            KnownView view = context.zone.current();
            if (view == null) {
                throw context.zone.unknown(name);
            }
            long stripeBytes = StripeWriter.encodedBytes(view.view().settings().code(), chunk.remaining());
            await(context.memory.take(stripeBytes, deadlineNanos - context.nanoTime()), memory -> {
                scope.own(Resource.MEMORY, memory::release);
                awaitCapacity(view, memory);
            });
        }

        private void awaitCapacity(KnownView view, ResourceQueue.Reservation memory) {
            CodeSpec code = view.view().settings().code();
            await(context.writer.reserve(code, chunk.remaining(), deadlineNanos - context.nanoTime()), held -> {
                scope.own(Resource.WRITES, held::release);
                context.encoder.execute(() -> guarded(view, List.of(memory, held)));
            });
        }

        private <T> void await(CompletableFuture<T> granted, Consumer<T> onGranted) {
            scope.own(Resource.PENDING, () -> granted.cancel(false));
            Futures.then(granted, onGranted, this::fail);
        }

        private void guarded(KnownView view, List<ResourceQueue.Reservation> held) {
            try {
                if (context.isClosed()) {
                    fail(Futures.closed(null));
                } else if (isDecided.compareAndSet(false, true)) {
                    write(view, held);
                }
            } catch (RuntimeException | Error e) {
                fail(Futures.asCacheException(e));
            }
        }

        private void write(KnownView view, List<ResourceQueue.Reservation> held) {
            ZoneSettings settings = view.view().settings();
            CodeSpec code = settings.code();
            check(settings);
            List<ZoneNode> placement = view.placement().nodesFor(name.key());
            if (placement.isEmpty()) {
                succeed(new PrimeResult(code.stripes(), code.data(), 0, List.of("no node in the view")));
                return;
            }
            onWriting.run();
            List<StripeRecord> records = StripeWriter.encode(context.codec, settings.keyScheme(), code, name, chunk);
            WriteOptions options = new WriteOptions(
                    null, context.random.nextInt(Protocol.RANKS), deadlineNanos, Integer.MAX_VALUE, code.data());
            Futures.then(
                    context.writer.write(
                            name.key(), StripeWriter.byNode(placement, records), options, held, acknowledged -> {}),
                    written -> {
                        completer.written(name, written.acknowledged(), code);
                        succeed(new PrimeResult(
                                code.stripes(), code.data(), written.acknowledged(), written.failures()));
                    },
                    this::fail);
        }

        private void check(ZoneSettings settings) {
            if (!name.isHash(settings.keyScheme())) {
                return;
            }
            ChunkKey found = context.codec.sha256(chunk);
            if (!found.equals(name.key())) {
                throw new CacheException(
                        CacheErrorCode.KEY_MISMATCH,
                        "chunk " + name.key() + ": SHA-256 " + found + " (expected: its key)");
            }
        }

        private void succeed(PrimeResult written) {
            try {
                scope.close();
            } finally {
                result.complete(written);
            }
        }

        private void fail(CacheException failure) {
            CacheException reported = failure.code() == CacheErrorCode.ORIGIN_LIMIT
                    ? new CacheException(CacheErrorCode.BUSY, "chunk " + name.key() + ": " + failure.detail(), failure)
                    : failure;
            try {
                scope.close();
            } finally {
                result.completeExceptionally(context.isClosed() ? Futures.closed(reported) : reported);
            }
        }
    }
}
