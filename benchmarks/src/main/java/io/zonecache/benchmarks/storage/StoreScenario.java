package io.zonecache.benchmarks.storage;

import io.netty.buffer.ByteBuf;
import io.zonecache.model.ChunkKey;
import io.zonecache.storage.StoreConfig;
import io.zonecache.storage.StripeStore;
import io.zonecache.storage.StripeStores;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A scenario on a store in this process, one thread. */
abstract class StoreScenario implements Scenario {

    static final long MIB = 1L << 20;
    static final long MISS = -1;

    final BenchStripes stripes;
    private final String name;
    private final StoreConfig config;
    private @Nullable StripeStore store;

    StoreScenario(String name, Path parent, int payloadBytes, long capacityBytes, long hotBytes) {
        this.name = name;
        this.stripes = new BenchStripes(payloadBytes);
        this.config = StoreConfig.builder(parent.resolve(name))
                .capacityBytes(Math.max(StoreConfig.MIN_CAPACITY_BYTES, capacityBytes))
                .hotBytes(hotBytes)
                .build();
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void close() {
        StripeStore open = store;
        store = null;
        if (open != null) {
            open.close();
        }
    }

    Path directory() {
        return config.directory();
    }

    /** Opened at the first call and after each {@link #close}. */
    StripeStore store() {
        StripeStore open = store;
        if (open == null) {
            open = StripeStores.open(config);
            store = open;
        }
        return open;
    }

    void fill(int count) {
        for (int i = 0; i < count; i++) {
            stripes.put(store(), i);
        }
    }

    /** As {@link #tryGet}. @throws IllegalStateException if nothing is found */
    static long get(StripeStore store, ChunkKey key) {
        long nanos = tryGet(store, key);
        if (nanos == MISS) {
            throw new IllegalStateException("chunk " + key + " is not there (expected: kept, as it was put)");
        }
        return nanos;
    }

    /** Nanoseconds of a lookup and, if it isn't hot, a read; {@link #MISS} if nothing is found. */
    static long tryGet(StripeStore store, ChunkKey key) {
        long start = System.nanoTime();
        StripeStore.Lookup found = store.lookup(key);
        ByteBuf records = found instanceof StripeStore.Lookup.Hot hot
                ? hot.records()
                : found instanceof StripeStore.Lookup.OnDisk ? store.read(key) : null;
        if (records == null) {
            return MISS;
        }
        records.release();
        return System.nanoTime() - start;
    }

    /** Room for so many stripes and what cleaning needs. */
    static long capacityFor(int count, int payloadBytes) {
        return 2L * count * (payloadBytes + 1024);
    }
}
