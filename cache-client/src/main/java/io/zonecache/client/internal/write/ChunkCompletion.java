package io.zonecache.client.internal.write;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.limit.ResourceQueue;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.read.StripeLayout;
import io.zonecache.client.internal.read.ZoneRead;
import io.zonecache.client.internal.read.ZoneRead.Basis;
import io.zonecache.client.internal.transport.RequestContext;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.client.internal.write.WriteScope.Resource;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.Protocol;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One attempt to complete a chunk: asks the nodes of its current placement what they hold, reads the chunk from the zone, and stores the
 * stripes that no node holds on those nodes that are available.
 *
 * <p>All requests have the rank that an overloaded node sheds first, and memory is taken only if it is free at once, so no other request is
 * delayed. The origin is never asked.
 */
final class ChunkCompletion {

    private static final long READ_MILLIS = 5_000;

    /** The outcome for the chunk. */
    enum Outcome {
        /** All of its stripes are stored. */
        COMPLETE,
        /** Stripes are still missing. */
        INCOMPLETE,
        /** It was purged, or the zone has too few stripes of it. */
        GONE
    }

    /**
     * The result of the attempt.
     *
     * @param stripesHeld as far as is known
     */
    record Result(Outcome outcome, int stripesHeld) {}

    private final WriteContext context;
    private final ChunkName name;
    private final int stripesHeld;
    private final WriteScope scope;
    private final List<ResourceQueue.Reservation> reservations = new ArrayList<>();
    private final CompletableFuture<Result> result = new CompletableFuture<>();

    /** @param stripesHeld as far as was known */
    ChunkCompletion(WriteContext context, ChunkName name, int stripesHeld) {
        this.context = context;
        this.name = name;
        this.stripesHeld = stripesHeld;
        this.scope = new WriteScope(context.activity);
    }

    /** Completes, never exceptionally, once nothing of it is in flight. To be called once. */
    CompletableFuture<Result> start() {
        try {
            survey();
        } catch (RuntimeException | Error e) {
            end(Outcome.INCOMPLETE, stripesHeld);
        }
        return result;
    }

    private void survey() {
        KnownView view = context.zone.current();
        List<ZoneNode> nodes = view == null ? List.of() : view.placement().nodesFor(name.key());
        Set<ZoneNode> asked = nodes.stream()
                .filter(node -> context.probes.tryAsk(node, context.nanoTime()))
                .collect(Collectors.toSet());
        if (view == null || !mayGain(view.view().settings().code(), nodes, asked)) {
            end(Outcome.INCOMPLETE, stripesHeld);
            return;
        }
        RequestContext request = new RequestContext(
                WriteContext.MAX_WRITE_MILLIS,
                context.config.putAttemptMillis(),
                Protocol.LOWEST_PRIORITY_RANK,
                null,
                null);
        Futures.then(
                StripeSurvey.ask(context, name, view.view().settings().keyScheme(), nodes, asked, request),
                found -> surveyed(view, found),
                failure -> end(Outcome.INCOMPLETE, stripesHeld));
    }

    /** Unavailable nodes take nothing: unless the available ones can hold more stripes than are held now, nothing is gained. */
    private boolean mayGain(CodeSpec code, List<ZoneNode> nodes, Set<ZoneNode> asked) {
        return !nodes.isEmpty()
                && IntStream.range(0, code.stripes())
                                .filter(index -> asked.contains(StripeWriter.nodeOf(nodes, index)))
                                .count()
                        > stripesHeld;
    }

    private void surveyed(KnownView view, StripeSurvey.Result found) {
        StripeLayout layout = found.layout();
        int held = found.stripesHeld();
        if (found.isPurged()) {
            end(Outcome.GONE, 0);
        } else if (context.isCompletionStopped()) {
            end(Outcome.INCOMPLETE, held);
        } else if (layout == null) {
            end(found.nodesUnknown() > 0 ? Outcome.INCOMPLETE : Outcome.GONE, 0);
        } else if (held == layout.code().stripes()) {
            end(Outcome.COMPLETE, held);
        } else {
            Map<ZoneNode, List<Integer>> plan = RepairPlan.plan(layout.code().stripes(), found.findings());
            long bytes = layout.chunkBytes() + StripeWriter.encodedBytes(layout.code(), layout.chunkBytes());
            if (plan.isEmpty() || !own(Resource.MEMORY, context.memory.tryTake(bytes))) {
                end(Outcome.INCOMPLETE, held);
            } else {
                read(view, layout, held, plan);
            }
        }
    }

    private boolean own(Resource kind, ResourceQueue.@Nullable Reservation taken) {
        if (taken != null) {
            scope.own(kind, taken::release);
            reservations.add(taken);
        }
        return taken != null;
    }

    private void read(KnownView view, StripeLayout layout, int held, Map<ZoneNode, List<Integer>> plan) {
        long deadlineNanos = context.nanoTime() + MILLISECONDS.toNanos(READ_MILLIS);
        ChunkRead read = new ChunkRead(name, null, Protocol.LOWEST_PRIORITY_RANK, deadlineNanos);
        Futures.then(
                Futures.call(() -> context.reader.read(read)),
                found -> {
                    if (found instanceof ZoneRead.Hit hit && hit.chunk().remaining() == layout.chunkBytes()) {
                        write(view, layout, held, plan, hit.chunk());
                    } else {
                        boolean isGone = found instanceof ZoneRead.Miss miss && miss.basis() == Basis.PROVEN;
                        end(isGone ? Outcome.GONE : Outcome.INCOMPLETE, held);
                    }
                },
                failure -> end(isPurge(failure) ? Outcome.GONE : Outcome.INCOMPLETE, held));
    }

    private static boolean isPurge(CacheException failure) {
        return failure.code() == CacheErrorCode.PURGED;
    }

    private void write(
            KnownView view, StripeLayout layout, int held, Map<ZoneNode, List<Integer>> plan, ByteBuffer chunk) {
        CodeSpec code = layout.code();
        if (context.isCompletionStopped()
                || !own(Resource.WRITES, context.writer.tryReserve(code, layout.chunkBytes()))) {
            end(Outcome.INCOMPLETE, held);
            return;
        }
        List<StripeRecord> records =
                StripeWriter.encode(context.codec, view.view().settings().keyScheme(), code, name, chunk);
        Futures.then(
                context.writer.write(
                        name.key(),
                        RepairPlan.pick(plan, records),
                        context.inBackground(),
                        reservations,
                        acknowledged -> {}),
                written -> {
                    int now = held + written.acknowledged();
                    end(now >= code.stripes() ? Outcome.COMPLETE : Outcome.INCOMPLETE, now);
                },
                failure -> end(Outcome.INCOMPLETE, held));
    }

    private void end(Outcome outcome, int held) {
        try {
            scope.close();
        } finally {
            result.complete(new Result(outcome, held));
        }
    }
}
