package io.zonecache.client.internal.write;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.lease.FillLease;
import io.zonecache.client.internal.limit.ResourceQueue;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.client.internal.write.StripeWriter.WriteOptions;
import io.zonecache.client.internal.write.StripeWriter.Written;
import io.zonecache.client.internal.write.WriteScope.Resource;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.model.NodeState;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneSettings;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Writes a fetched chunk to the zone. The lease ends as {@code FILLED} as soon as the zone can serve the chunk, that is at k acknowledged stripes;
 * the others go on, and are tried again, because a chunk with k stripes does not survive the loss of a node.
 *
 * <p>If too many of the chunk's nodes are unreachable, the zone cannot hold it, and every read goes to the origin. The lease ends as unused as soon
 * as that is known: the origin did not fail, and the requests that wait for the chunk fetch it one after the other.
 */
final class WriteBack {

    private static final int PUT_ATTEMPTS = 4;

    private final WriteContext context;
    private final ChunkCompleter completer;
    private final ChunkName name;
    private final FillLease lease;
    private final int rank;
    private final Predicate<ZoneNode> isUnreachable;
    private final ResourceQueue.Reservation memory;
    private final Runnable onReserved;
    private final Runnable onEnded;
    private final WriteScope scope;
    private final AtomicBoolean isEnded = new AtomicBoolean();

    WriteBack(WriteContext context, ChunkCompleter completer, FetchedChunk fetched) {
        this.context = context;
        this.completer = completer;
        this.name = fetched.name();
        this.lease = fetched.lease();
        this.rank = fetched.rank();
        this.isUnreachable = fetched.isUnreachable();
        this.memory = fetched.memory();
        this.onReserved = fetched.onReserved();
        this.onEnded = fetched.onEnded();
        this.scope = new WriteScope(context.activity);
    }

    /** Continues by itself, and throws nothing but what the callbacks do. */
    void start(KnownView view, ByteBuffer chunk) {
        CodeSpec code = view.view().settings().code();
        try {
            int unreachable = stripesUnreachable(view);
            if (isTooFew(code, unreachable)) {
                notWritten("too many nodes unreachable", code);
            } else {
                reserve(view, chunk);
            }
        } catch (RuntimeException | Error e) {
            notWritten(e.toString(), code);
        }
    }

    private void reserve(KnownView view, ByteBuffer chunk) {
        CodeSpec code = view.view().settings().code();
        Futures.then(
                Futures.call(() -> context.writer.reserve(
                        code, chunk.remaining(), MILLISECONDS.toNanos(WriteContext.MAX_WRITE_MILLIS))),
                held -> {
                    scope.own(Resource.WRITES, held::release);
                    onReserved.run();
                    write(view, chunk, held);
                },
                failure -> notWritten(String.valueOf(failure.getMessage()), code));
    }

    private void write(KnownView view, ByteBuffer chunk, ResourceQueue.Reservation held) {
        ZoneSettings settings = view.view().settings();
        CodeSpec code = settings.code();
        List<ZoneNode> placement = view.placement().nodesFor(name.key());
        if (placement.isEmpty()) {
            notWritten("no node in the view", code);
            return;
        }
        List<StripeRecord> records = StripeWriter.encode(context.codec, settings.keyScheme(), code, name, chunk);
        WriteOptions options = new WriteOptions(
                lease.id(),
                rank,
                context.nanoTime() + MILLISECONDS.toNanos(WriteContext.MAX_WRITE_MILLIS),
                PUT_ATTEMPTS,
                code.data());
        Futures.then(
                context.writer.write(
                        name.key(),
                        StripeWriter.byNode(placement, records),
                        options,
                        List.of(memory, held),
                        acknowledged -> {
                            if (acknowledged >= code.data()) {
                                lease.end(LeaseOutcome.FILLED);
                            }
                        }),
                written -> ended(written, code, outcomeOf(written, code)),
                failure -> notWritten(String.valueOf(failure.getMessage()), code));
    }

    /** Unless nodes have refused its stripes, nothing was learned that concerns others. */
    private LeaseOutcome outcomeOf(Written written, CodeSpec code) {
        return isTooFew(code, written.unanswered()) || context.isClosed() ? LeaseOutcome.UNUSED : LeaseOutcome.FAILED;
    }

    /** For a reason that is the client's own, or known without an attempt. */
    private void notWritten(String why, CodeSpec code) {
        ended(Written.nothing(why), code, LeaseOutcome.UNUSED);
    }

    private int stripesUnreachable(KnownView view) {
        List<ZoneNode> placement = view.placement().nodesFor(name.key());
        int stripes = placement.isEmpty() ? 0 : view.view().settings().code().stripes();
        return (int) IntStream.range(0, stripes)
                .mapToObj(index -> StripeWriter.nodeOf(placement, index))
                .filter(node -> node.state() == NodeState.DOWN || isUnreachable.test(node))
                .count();
    }

    private static boolean isTooFew(CodeSpec code, int stripesLost) {
        return code.stripes() - stripesLost < code.data();
    }

    /** @param ifTooFew how the lease ends if the zone can't serve the chunk */
    private void ended(Written written, CodeSpec code, LeaseOutcome ifTooFew) {
        if (!isEnded.compareAndSet(false, true)) {
            return;
        }
        try {
            if (written.acknowledged() >= code.data()) {
                context.counters.writeBacks.increment();
            } else {
                context.counters.writeBacksFailed.increment();
                lease.end(ifTooFew);
            }
            completer.written(name, written.acknowledged(), code);
        } finally {
            close();
        }
    }

    private void close() {
        try {
            scope.close();
        } finally {
            onEnded.run();
        }
    }
}
