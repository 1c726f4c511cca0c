package io.zonecache.server;

import io.netty.buffer.ByteBuf;
import io.vertx.core.Context;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.StripeHeader;
import io.zonecache.storage.StoreStats;
import io.zonecache.storage.StripeStore;
import org.jspecify.annotations.Nullable;

/** A store that refuses to block an event loop. */
final class LoopGuard implements StripeStore {

    private final StripeStore store;

    LoopGuard(StripeStore store) {
        this.store = store;
    }

    @Override
    public Lookup lookup(ChunkKey key) {
        return store.lookup(key);
    }

    @Override
    public boolean knows(ChunkKey key) {
        return store.knows(key);
    }

    @Override
    public boolean holds(ChunkKey key) {
        return store.holds(key);
    }

    @Override
    public boolean holdsRecord(StripeHeader header) {
        return store.holdsRecord(header);
    }

    @Override
    public @Nullable ByteBuf read(ChunkKey key) {
        mayBlock();
        return store.read(key);
    }

    @Override
    public void put(ChunkKey key, ByteBuf records) {
        mayBlock();
        store.put(key, records);
    }

    @Override
    public boolean dropIfCorrupt(ChunkKey key) {
        mayBlock();
        return store.dropIfCorrupt(key);
    }

    @Override
    public boolean drop(ChunkKey key) {
        mayBlock();
        return store.drop(key);
    }

    @Override
    public void empty() {
        mayBlock();
        store.empty();
    }

    @Override
    public StoreStats stats() {
        return store.stats();
    }

    @Override
    public void close() {
        mayBlock();
        store.close();
    }

    private static void mayBlock() {
        if (Context.isOnEventLoopThread()) {
            throw new IllegalStateException(
                    "blocking call on " + Thread.currentThread().getName());
        }
    }
}
