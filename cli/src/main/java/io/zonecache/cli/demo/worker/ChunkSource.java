package io.zonecache.cli.demo.worker;

import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;

/** The cache as a worker uses it; tests put their own in its place. Safe for concurrent use. */
interface ChunkSource extends AutoCloseable {

    /** How many reads each tier has served since the start. */
    record Served(long fromLocal, long fromZone, long fromOrigin) {

        Served since(Served before) {
            return new Served(fromLocal - before.fromLocal, fromZone - before.fromZone, fromOrigin - before.fromOrigin);
        }
    }

    /** The chunk's bytes as they came. */
    CompletableFuture<ByteBuffer> get(ChunkKey key);

    Served served();

    /** Nodes that the view calls up and that this client does not ask for now, for what it has seen of them. */
    int nodesSkipped();

    /** Completes when no fetch and no write-back is under way. */
    CompletableFuture<Void> whenIdle();

    @Override
    void close();
}
