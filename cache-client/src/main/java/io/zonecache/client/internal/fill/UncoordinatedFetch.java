package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.fill.FillContext.nanos;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.fill.ZoneKnowledge.PlacedView;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.origin.Origin;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneSettings;
import java.util.concurrent.CompletableFuture;

/**
 * A fetch out of the zone's origin reserve, in this client's share of it: none of the chunk's nodes answers, so there is nobody to
 * grant a lease and nowhere to put stripes.
 */
final class UncoordinatedFetch {

    /** What is assumed of a zone that has not told its view: a worker that starts while the zone is down still gets its chunks. */
    private static final ZoneSettings UNKNOWN_ZONE = new ZoneSettings(
            "unknown",
            StripeRecord.VERSION,
            KeyScheme.SHA256,
            CodeSpec.defaultFor(1),
            1,
            ZoneSettings.DEFAULT_ORIGIN_BUDGET,
            ZoneSettings.DEFAULT_ORIGIN_RESERVE,
            ZoneSettings.DEFAULT_EXPECTED_CLIENTS);

    private final FillContext context;
    private final Origin origin;
    private final ChunkRead read;
    private final CompletableFuture<Fetched> result = new CompletableFuture<>();

    UncoordinatedFetch(FillContext context, Origin origin, ChunkRead read) {
        this.context = context;
        this.origin = origin;
        this.read = read;
    }

    /** @param onTurn called when the origin is going to be asked */
    CompletableFuture<Fetched> start(Runnable onTurn) {
        PlacedView view = context.zone.current();
        ZoneSettings settings = view == null ? UNKNOWN_ZONE : view.view().settings();
        int reserve = settings.originReserve();
        if (reserve == 0 || leftNanos() <= 0) {
            return CompletableFuture.failedFuture(late(reserve == 0 ? "no origin reserve" : "no time"));
        }
        double share = (double) reserve / settings.expectedClients();
        Futures.then(
                context.reserve.enter(share, leftNanos()),
                turn -> {
                    Futures.thenRun(result, turn::end);
                    if (leftNanos() <= 0) {
                        result.completeExceptionally(late("no time"));
                    } else {
                        onTurn.run();
                        fetch(settings.keyScheme());
                    }
                },
                result::completeExceptionally);
        return result;
    }

    private void fetch(KeyScheme scheme) {
        context.counters.uncoordinatedFetches.increment();
        long deadlineNanos = context.nanoTime() + nanos(context.config.totalMillis());
        Futures.then(
                context.fetcher.fetch(origin, scheme, read, deadlineNanos, chunkBytes -> chunkBytes),
                result::complete,
                result::completeExceptionally);
    }

    private long leftNanos() {
        return read.deadlineNanos() - context.nanoTime();
    }

    private CacheException late(String what) {
        return new CacheException(
                CacheErrorCode.ORIGIN_LIMIT,
                "chunk " + read.key() + ": none of its nodes can be reached, and " + what
                        + " is left (expected: a node, or a part of the reserve in time)");
    }
}
