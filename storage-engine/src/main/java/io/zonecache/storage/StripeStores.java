package io.zonecache.storage;

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import io.zonecache.model.CacheException;
import io.zonecache.storage.eviction.LruK;
import io.zonecache.storage.memory.InMemoryStripeStore;
import io.zonecache.storage.rocksdb.RocksDbStripeStore;
import java.util.concurrent.TimeUnit;

/** Where stores come from. */
public final class StripeStores {

    /**
     * Stripes of a 512 KiB chunk are 131,136 bytes, header included. Netty's pool takes 160 KiB for one: 4,000 of them measured 22 % more
     * memory than they hold, 1 % with the adaptive allocator.
     */
    private static final ByteBufAllocator ALLOCATOR = new AdaptiveByteBufAllocator();

    private static final long START_NANOS = System.nanoTime();

    private StripeStores() {}

    /**
     * A store on disk with a hot tier in memory, which takes up what an earlier run left in the directory.
     *
     * @throws CacheException naming the directory, if another process has it ({@code BAD_REQUEST}) or it can't be used
     */
    public static StripeStore open(StoreConfig config) {
        return RocksDbStripeStore.open(config, StripeStores::runningMillis, ALLOCATOR);
    }

    /** A store without a disk, LRU-2, that holds so many bytes of stripes. */
    public static StripeStore inMemory(long capacityBytes) {
        return new InMemoryStripeStore(
                capacityBytes,
                StoreConfig.DEFAULT_HISTORY_PERCENT,
                () -> new LruK(StoreConfig.DEFAULT_K, StoreConfig.DEFAULT_CORRELATED_MILLIS),
                StripeStores::runningMillis,
                ALLOCATOR);
    }

    static long runningMillis() {
        return 1 + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - START_NANOS);
    }
}
