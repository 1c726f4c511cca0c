package io.zonecache.storage;

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import io.zonecache.model.CacheException;
import io.zonecache.storage.eviction.LruK;
import io.zonecache.storage.memory.InMemoryStripeStore;
import io.zonecache.storage.rocksdb.RocksDbStripeStore;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

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
     * @throws CacheException naming the directory, if another process has it ({@code BAD_REQUEST}) or it can't be used; nothing in it
     *     is lost then
     */
    public static StripeStore open(StoreConfig config, RebuildRules rules) {
        return RocksDbStripeStore.open(config, StripeStores::runningMillis, ALLOCATOR, rules);
    }

    /** As {@link #open(StoreConfig, RebuildRules)} with {@link RebuildRules#TAKE_ALL}. */
    public static StripeStore open(StoreConfig config) {
        return open(config, RebuildRules.TAKE_ALL);
    }

    /**
     * Gives up all that a store's directory holds, so that the next {@link #open} starts with an empty one: for a disk that stays bad.
     * Files that can't be deleted are left beside it.
     *
     * @return the directory in which such files were left; null if there are none
     * @throws CacheException {@code BAD_REQUEST} if there is no store or it is open, {@code INTERNAL} if the directory can't be renamed
     */
    public static @Nullable Path discard(Path directory) {
        return RocksDbStripeStore.discard(directory);
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
