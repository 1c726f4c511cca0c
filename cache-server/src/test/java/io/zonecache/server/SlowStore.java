package io.zonecache.server;

import io.netty.buffer.ByteBuf;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.StripeHeader;
import io.zonecache.storage.StoreStats;
import io.zonecache.storage.StripeStore;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A disk that hangs until it is let go: every stripe is on it, and every read and write waits. */
final class SlowStore implements StripeStore {

    private @Nullable StripeStore store;
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger waiting = new AtomicInteger();

    /** Hangs in front of this store from now on. */
    SlowStore over(StripeStore newStore) {
        store = newStore;
        return this;
    }

    void release() {
        released.countDown();
    }

    int waiting() {
        return waiting.get();
    }

    @Override
    public Lookup lookup(ChunkKey key) {
        Lookup found = store().lookup(key);
        if (found instanceof Lookup.Hot hot) {
            int bytes = hot.records().readableBytes();
            hot.records().release();
            return new Lookup.OnDisk(bytes);
        }
        return found;
    }

    @Override
    public boolean knows(ChunkKey key) {
        return store().knows(key);
    }

    @Override
    public boolean holds(ChunkKey key) {
        return store().holds(key);
    }

    @Override
    public boolean holdsRecord(StripeHeader header) {
        return store().holdsRecord(header);
    }

    @Override
    public @Nullable ByteBuf read(ChunkKey key) {
        hang();
        return store().lookup(key) instanceof Lookup.Hot hot ? hot.records() : null;
    }

    @Override
    public void put(ChunkKey key, ByteBuf records) {
        store().put(key, records);
    }

    @Override
    public boolean dropIfCorrupt(ChunkKey key) {
        hang();
        return store().dropIfCorrupt(key);
    }

    @Override
    public boolean drop(ChunkKey key) {
        return store().drop(key);
    }

    @Override
    public void empty() {
        store().empty();
    }

    @Override
    public StoreStats stats() {
        return store().stats();
    }

    @Override
    public void close() {
        release();
        store().close();
    }

    private StripeStore store() {
        return Objects.requireNonNull(store);
    }

    private void hang() {
        waiting.incrementAndGet();
        try {
            released.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            waiting.decrementAndGet();
        }
    }
}
