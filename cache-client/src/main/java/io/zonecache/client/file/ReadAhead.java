package io.zonecache.client.file;

import io.zonecache.client.Chunk;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The chunk that a reader is in, and the chunks read ahead of it. A sequential reader gets one chunk ahead, then two, four and so on up to the
 * bound in bytes; one chunk is always allowed, whatever its length. A seek discards what was read ahead, and reading ahead starts over once the
 * reader is sequential again. A chunk that was read ahead and failed is requested again when it is needed: its timeout began before the reader
 * waited for it. Only the origin's word that there is no such chunk stands.
 *
 * <p>Used by one thread at a time, except for {@link #close}.
 */
final class ReadAhead {

    private final Layout layout;
    private final Duration timeout;
    private final long maxBytes;
    private final Map<Integer, CompletableFuture<Chunk>> prefetched = new TreeMap<>();
    private @Nullable Chunk current;
    private int currentIndex = -1;
    private int windowChunks;
    private volatile @Nullable CompletableFuture<Chunk> awaited;
    private volatile boolean isClosed;

    ReadAhead(Layout layout, Duration timeout, long maxBytes) {
        this.layout = layout;
        this.timeout = timeout;
        this.maxBytes = maxBytes;
    }

    /** The chunk that holds this position of the file. */
    Chunk at(long position) throws IOException {
        int index = layout.indexOf(position);
        Chunk here = current;
        if (here != null && index == currentIndex) {
            return here;
        }
        boolean isSequential = index == currentIndex + 1 || prefetched.containsKey(index);
        windowChunks = isSequential ? (int) Math.min(layout.chunks(), Math.max(1, 2L * windowChunks)) : 0;
        CompletableFuture<Chunk> prefetchedChunk = prefetched.remove(index);
        drop(index, (int) Math.min(Integer.MAX_VALUE, (long) index + windowChunks));
        current = null;
        CompletableFuture<Chunk> wanted = prefetchedChunk != null ? prefetchedChunk : get(index);
        readAhead(index + 1);
        Chunk chunk = await(index, wanted, prefetchedChunk != null);
        layout.check(index, chunk);
        current = chunk;
        currentIndex = index;
        return chunk;
    }

    long offsetBytes(long position) {
        return position - layout.offsetBytes(layout.indexOf(position));
    }

    /** Ends a wait of another thread. */
    void close() {
        isClosed = true;
        CompletableFuture<Chunk> waiting = awaited;
        if (waiting != null) {
            waiting.cancel(false);
        }
    }

    /** Releases all chunks; called on the reader's thread, after {@link #close}. */
    void clear() {
        drop(-1, -1);
        current = null;
    }

    private CompletableFuture<Chunk> get(int index) {
        return layout.get(index, timeout);
    }

    private void readAhead(int from) {
        long bytes = 0;
        int end = maxBytes == 0 ? from : (int) Math.min(layout.chunks(), (long) from + windowChunks);
        for (int i = from; i < end; i++) {
            bytes += layout.lengthBytes(i);
            if (bytes > maxBytes && i > from) {
                return;
            }
            prefetched.computeIfAbsent(i, this::get);
        }
    }

    private Chunk await(int index, CompletableFuture<Chunk> wanted, boolean isPrefetched) throws IOException {
        awaited = wanted;
        try {
            if (isClosed) {
                wanted.cancel(false);
                throw new AsynchronousCloseException();
            }
            return Waiting.await(wanted, layout.describe(index));
        } catch (CancellationException e) {
            throw new AsynchronousCloseException();
        } catch (IOException e) {
            if (!isPrefetched || !mayRepeat(e)) {
                throw e;
            }
        } finally {
            awaited = null;
        }
        return await(index, get(index), false);
    }

    /** Whether a chunk that could not be read ahead is to be requested again: not what the origin does not have, of which it has just said why. */
    private static boolean mayRepeat(IOException failure) {
        boolean isAbsent = failure.getCause() instanceof CacheException cause && cause.code() == CacheErrorCode.ABSENT;
        return failure.getClass() == IOException.class && !isAbsent;
    }

    /** Drops all chunks read ahead except those above one index and up to another. */
    private void drop(int above, int upTo) {
        prefetched.entrySet().removeIf(entry -> {
            boolean isDropped = entry.getKey() <= above || entry.getKey() > upTo;
            if (isDropped) {
                entry.getValue().cancel(false);
            }
            return isDropped;
        });
    }
}
