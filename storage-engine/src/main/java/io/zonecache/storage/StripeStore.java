package io.zonecache.storage;

import io.netty.buffer.ByteBuf;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.StripeHeader;
import org.jspecify.annotations.Nullable;

/**
 * The stripes of one node. A value is all that the node holds of a chunk: one stripe record, rarely several back to back.
 *
 * <p>Methods marked <em>never blocks</em> may be called on an event loop: they touch memory only. The others do I/O. All are safe
 * for concurrent use. A disk error is a miss and a counter, never a wrong byte.
 */
public interface StripeStore extends AutoCloseable {

    /**
     * Where the chunk's records are. Counts as a reference, a miss too, so that what is asked for often is kept once it comes.
     * Never blocks.
     */
    Lookup lookup(ChunkKey key);

    /** Whether any reference to the chunk is known, so that a {@link #put} won't count as its first; no reference. Never blocks. */
    boolean knows(ChunkKey key);

    /** Whether anything is held of the chunk; no reference. Never blocks. */
    boolean holds(ChunkKey key);

    /** Whether exactly this one record is held (same key, length and checksum); no reference. Never blocks. */
    boolean holdsRecord(StripeHeader header);

    /**
     * The records from the disk tier, their checksums verified; the caller releases the buffer. No reference. Blocks.
     *
     * @return null if they are gone since the lookup or turned out bad (then they are dropped and counted)
     */
    @Nullable
    ByteBuf read(ChunkKey key);

    /**
     * Stores verified records, replacing all that is held of the chunk. All or nothing; takes no ownership of the buffer, whose
     * indexes don't move. Not a reference. Blocks.
     *
     * @throws CacheException {@code STORAGE_FULL} while the disk takes no writes, {@code BUSY} if it takes them too slowly to have
     *     room within some seconds, {@code TOO_LARGE} for more than the capacity can hold
     */
    void put(ChunkKey key, ByteBuf records);

    /** Checks what is held of the chunk and drops it only if it is bad. Blocks. */
    boolean dropIfCorrupt(ChunkKey key);

    /** Drops whatever is held of the chunk. Blocks. */
    boolean drop(ChunkKey key);

    /** Forgets every stripe and the access history. Blocks. */
    void empty();

    StoreStats stats();

    /** Waits for calls under way, refuses later ones, flushes. Idempotent. Blocks. */
    @Override
    void close();

    /** The answer of {@link #lookup}. */
    sealed interface Lookup {

        record Miss() implements Lookup {}

        /** Held in memory; the caller releases the buffer, which it must not write to. */
        record Hot(ByteBuf records) implements Lookup {}

        /** Held on disk: {@link StripeStore#read} may find it. */
        record OnDisk(int recordsBytes) implements Lookup {}
    }
}
