package io.zonecache.client.internal.flight;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.fill.FilledChunk;
import io.zonecache.client.internal.fill.ZoneFiller;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.local.LocalCache;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.read.ZoneRead;
import io.zonecache.client.internal.read.ZoneReader;
import io.zonecache.client.internal.view.ZoneKnowledge;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads a chunk that the local cache lacks, from the zone or else by a fill, and stores it in the local cache. Safe for concurrent use. */
final class ChunkLoader {

    private static final Logger LOG = LoggerFactory.getLogger(ChunkLoader.class);

    private final ZoneKnowledge zone;
    private final ZoneReader reader;
    private final ZoneFiller filler;
    private final LocalCache local;

    ChunkLoader(ZoneKnowledge zone, ZoneReader reader, ZoneFiller filler, LocalCache local) {
        this.zone = zone;
        this.reader = reader;
        this.filler = filler;
        this.local = local;
    }

    /** Creates a load that has not begun. */
    ChunkRead begin(ChunkName target, @Nullable String traceparent, long deadlineNanos) {
        return reader.begin(target, traceparent, deadlineNanos);
    }

    /** The chunk, verified; fails as the steps do, and with {@code CLOSED} if the load is cancelled. Throws nothing. */
    CompletableFuture<FilledChunk> load(ChunkRead read) {
        CompletableFuture<Void> known = zone.known();
        if (known.isDone()) {
            return Futures.call(() -> readZone(read));
        }
        read.delayedBy(() -> zone.unknown(read.name()));
        return known.thenCompose(none -> readZone(read));
    }

    private CompletableFuture<FilledChunk> readZone(ChunkRead read) {
        if (read.isCancelled()) {
            return cancelled();
        }
        // Not before: the zone's first answer drops what was cached without one.
        long generation = local.generation(read.key());
        return reader.read(read).thenCompose(found -> afterZone(read, found)).whenComplete((chunk, failure) -> {
            if (chunk != null) {
                keep(read, chunk, generation);
            }
        });
    }

    private CompletableFuture<FilledChunk> afterZone(ChunkRead read, ZoneRead found) {
        if (found instanceof ZoneRead.Hit hit) {
            return CompletableFuture.completedFuture(new FilledChunk(hit.chunk(), FilledChunk.Source.ZONE));
        }
        return read.isCancelled() ? cancelled() : filler.fill(read, (ZoneRead.Miss) found);
    }

    /** A chunk that can't be kept is still delivered. */
    private void keep(ChunkRead read, FilledChunk chunk, long generation) {
        try {
            local.put(read.name(), chunk.chunk(), generation);
        } catch (RuntimeException | Error e) {
            LOG.warn("chunk {}: not kept in the local cache", read.key(), e);
        }
    }

    private static CompletableFuture<FilledChunk> cancelled() {
        return CompletableFuture.failedFuture(Futures.closed(null));
    }
}
