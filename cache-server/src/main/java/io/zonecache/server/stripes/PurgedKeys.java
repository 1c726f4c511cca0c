package io.zonecache.server.stripes;

import io.zonecache.membership.PurgeDigest;
import io.zonecache.membership.PurgeList;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.IoReasons;
import io.zonecache.model.file.DurableDirectories;
import io.zonecache.server.config.Limits;
import io.zonecache.server.purge.PurgeLog;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keys that an operator has purged, for good: a file of one key a line, only ever appended to, each forced to disk before the purge is
 * acknowledged. A line cut short by a crash was never acknowledged and is skipped. This node's copy of what the whole zone knows.
 * Thread-safe.
 */
public final class PurgedKeys implements PurgeList, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PurgedKeys.class);

    /** Nodes that could not hear of each other may each have filled their lists; what one has acknowledged, all take. */
    private static final int MAX_TOLD_KEYS = 2 * Limits.MAX_PURGED_KEYS;

    private final Set<ChunkKey> keys = ConcurrentHashMap.newKeySet();
    private final PurgeLog log = new PurgeLog();
    private final FileChannel file;
    private volatile Consumer<List<ChunkKey>> onTold = told -> {};
    private volatile Runnable onGrown = () -> {};

    /** @throws IOException naming the file, if it can't be read or written */
    public PurgedKeys(Path path) throws IOException {
        try {
            if (Files.exists(path)) {
                List<ChunkKey> loaded = new ArrayList<>();
                Files.readAllLines(path, StandardCharsets.ISO_8859_1).forEach(line -> load(line, loaded));
                remember(loaded);
            }
            this.file = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
            DurableDirectories.force(path.toAbsolutePath().resolveSibling("."));
        } catch (IOException e) {
            throw new IOException("purge list " + path + ": " + IoReasons.of(e), e);
        }
    }

    /** Calls the listener with keys that other nodes have purged, once they are on disk. It must not block. */
    public void whenTold(Consumer<List<ChunkKey>> listener) {
        onTold = listener;
    }

    /** Calls the listener whenever the list has grown, whoever purged. It must not block. */
    public void whenGrown(Runnable listener) {
        onGrown = listener;
    }

    /** The keys in the order in which this node learnt of them, those that {@link #contains} knows. */
    public PurgeLog log() {
        return log;
    }

    /** Never blocks. */
    public boolean contains(ChunkKey key) {
        return !keys.isEmpty() && keys.contains(key);
    }

    public int size() {
        return log.digest().size();
    }

    /**
     * Adds the key, for good. Blocks.
     *
     * @return false if it was purged before
     * @throws CacheException {@code STORAGE_FULL} if the list is full or can't be written
     */
    public boolean add(ChunkKey key) {
        boolean isNew = addNew(key);
        if (isNew) {
            onGrown.run();
        }
        return isNew;
    }

    private synchronized boolean addNew(ChunkKey key) {
        if (keys.contains(key)) {
            return false;
        }
        if (keys.size() >= Limits.MAX_PURGED_KEYS) {
            throw new CacheException(
                    CacheErrorCode.STORAGE_FULL,
                    "purged keys: " + keys.size() + " (expected: fewer than " + Limits.MAX_PURGED_KEYS + ")");
        }
        try {
            append(List.of(key));
        } catch (IOException e) {
            throw new CacheException(
                    CacheErrorCode.STORAGE_FULL, "purge list: " + IoReasons.withFile(e) + " (expected: writable)", e);
        }
        return true;
    }

    @Override
    public void addAll(Collection<ChunkKey> told) {
        List<ChunkKey> added;
        synchronized (this) {
            int room = Math.max(0, MAX_TOLD_KEYS - keys.size());
            added = new LinkedHashSet<>(told)
                    .stream().filter(key -> !keys.contains(key)).limit(room).toList();
            try {
                append(added);
            } catch (IOException e) {
                LOG.error("purge list: {} keys of other nodes not written, they are told again", added.size(), e);
                return;
            }
        }
        if (!added.isEmpty()) {
            onTold.accept(added);
            onGrown.run();
        }
    }

    @Override
    public PurgeDigest digest() {
        return log.digest();
    }

    @Override
    public List<ChunkKey> newest(int skip, int max) {
        return log.newest(skip, max);
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void append(List<ChunkKey> added) throws IOException {
        if (added.isEmpty()) {
            return;
        }
        // The line feed comes first as well, so that a line cut short spoils no other.
        StringBuilder lines = new StringBuilder("\n");
        added.forEach(key -> lines.append(key.toHex()).append('\n'));
        ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
        file.force(false);
        remember(added);
    }

    /** In this order: who sees a new token must find its keys purged. */
    private void remember(List<ChunkKey> added) {
        log.add(added.stream().filter(keys::add).toList());
    }

    private static void load(String line, List<ChunkKey> loaded) {
        if (line.isEmpty()) {
            return;
        }
        try {
            loaded.add(ChunkKey.parse(line));
        } catch (CacheException e) {
            LOG.warn("purge list: skipping a line: {}", e.detail());
        }
    }
}
