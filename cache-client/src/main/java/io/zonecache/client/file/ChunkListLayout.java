package io.zonecache.client.file;

import io.zonecache.client.Chunk;
import io.zonecache.client.ZoneCache;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyScheme;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Chunks named by their SHA-256, in the order of the file. */
final class ChunkListLayout extends Layout {

    private final ZoneCache cache;
    private final List<ChunkKey> keys;

    ChunkListLayout(ZoneCache cache, List<ChunkKey> keys, int chunkBytes, long fileBytes) {
        super(fileBytes, chunkBytes);
        this.cache = cache;
        this.keys = List.copyOf(keys);
        if (chunks() != this.keys.size()) {
            throw new IllegalArgumentException("keys: " + this.keys.size() + " (expected: " + chunks() + " for "
                    + fileBytes + " bytes in chunks of " + chunkBytes + ")");
        }
    }

    @Override
    CompletableFuture<Chunk> get(int index, Duration timeout) {
        return cache.get(keys.get(index), timeout);
    }

    /** A zone with opaque keys verifies no hash, so this method does. */
    @Override
    void check(int index, Chunk chunk) throws IOException {
        super.check(index, chunk);
        boolean isChecked = cache.view()
                .map(view -> view.settings().keyScheme() == KeyScheme.SHA256)
                .orElse(true);
        if (!isChecked && !ChunkKey.sha256Of(chunk.buffer()).equals(keys.get(index))) {
            throw new IOException(
                    describe(index) + ": SHA-256 " + ChunkKey.sha256Of(chunk.buffer()) + " (expected: its key)");
        }
    }

    @Override
    String describe(int index) {
        return "chunk " + keys.get(index);
    }
}
