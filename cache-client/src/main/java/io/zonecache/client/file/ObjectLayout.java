package io.zonecache.client.file;

import io.zonecache.client.Chunk;
import io.zonecache.client.ZoneCache;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.StoredObject;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** An object of a store, cut into ranges; the object is not changed. */
final class ObjectLayout extends Layout {

    private final ZoneCache cache;
    private final StoredObject object;

    ObjectLayout(ZoneCache cache, StoredObject object, int chunkBytes) {
        super(object.lengthBytes(), chunkBytes);
        this.cache = cache;
        this.object = object;
    }

    @Override
    CompletableFuture<Chunk> get(int index, Duration timeout) {
        return cache.get(range(index), timeout);
    }

    @Override
    String describe(int index) {
        return range(index).toString();
    }

    private ObjectRange range(int index) {
        return object.range(offsetBytes(index), lengthBytes(index));
    }
}
