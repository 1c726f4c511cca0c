package io.zonecache.client.file;

import io.zonecache.client.Chunk;
import io.zonecache.model.StripeRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A file as chunks of one size; the last one may be shorter. Immutable. */
abstract class Layout {

    private final long fileBytes;
    private final int chunkBytes;

    Layout(long fileBytes, int chunkBytes) {
        if (chunkBytes < 1 || chunkBytes > StripeRecord.MAX_CHUNK_BYTES) {
            throw new IllegalArgumentException(
                    "chunkBytes: " + chunkBytes + " (expected: 1.." + StripeRecord.MAX_CHUNK_BYTES + ")");
        }
        if (fileBytes < 0 || fileBytes > (long) chunkBytes * Integer.MAX_VALUE) {
            throw new IllegalArgumentException("bytes of the file: " + fileBytes + " (expected: 0.."
                    + (long) chunkBytes * Integer.MAX_VALUE + " in chunks of " + chunkBytes + ")");
        }
        this.fileBytes = fileBytes;
        this.chunkBytes = chunkBytes;
    }

    /** Requests a chunk. */
    abstract CompletableFuture<Chunk> get(int index, Duration timeout);

    /** @throws IOException if the chunk can't be this part of the file */
    void check(int index, Chunk chunk) throws IOException {
        if (chunk.length() != lengthBytes(index)) {
            throw new IOException(
                    "bytes of " + describe(index) + ": " + chunk.length() + " (expected: " + lengthBytes(index) + ")");
        }
    }

    /** The chunk's name in messages. */
    abstract String describe(int index);

    final long fileBytes() {
        return fileBytes;
    }

    final int chunks() {
        return (int) ((fileBytes + chunkBytes - 1) / chunkBytes);
    }

    final int indexOf(long position) {
        return (int) (position / chunkBytes);
    }

    final long offsetBytes(int index) {
        return (long) index * chunkBytes;
    }

    final int lengthBytes(int index) {
        return (int) Math.min(chunkBytes, fileBytes - offsetBytes(index));
    }
}
