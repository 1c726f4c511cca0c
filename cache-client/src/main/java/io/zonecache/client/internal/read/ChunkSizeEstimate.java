package io.zonecache.client.internal.read;

import java.util.concurrent.atomic.AtomicLong;

/** Estimates how many bytes a round needs, from recent chunks. Thread-safe. */
final class ChunkSizeEstimate {

    /** 512 KiB under 4-of-5. */
    private static final long FIRST_BYTES = 640 << 10;

    /** The estimate follows larger chunks at once and smaller ones by a part: too little costs a second round, too much a moment's wait. */
    private static final int DECAY = 16;

    private final AtomicLong bytes = new AtomicLong(FIRST_BYTES);

    long bytes() {
        return bytes.get();
    }

    /** Records the bytes that a chunk takes, as its first stripe shows. */
    void record(long chunkBytes) {
        bytes.updateAndGet(old -> Math.max(chunkBytes, old - (old - chunkBytes) / DECAY));
    }
}
