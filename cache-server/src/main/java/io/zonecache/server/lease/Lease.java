package io.zonecache.server.lease;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyKind;
import io.zonecache.model.LeaseNonce;
import org.jspecify.annotations.Nullable;

/** A lease that is running. */
final class Lease {

    final String id;
    final ChunkKey key;
    final String client;

    /** What its holder reads by, and so asks the origin for. */
    final KeyKind kind;

    /** Names the question that it was granted to; null for a client of the version before, which sends none. */
    final @Nullable LeaseNonce nonce;

    final long expiresNanos;

    /** How often it was handed out: once, and again for each repetition of its question. */
    int deliveries;

    Lease(String id, ChunkKey key, LeaseWaiter holder, long expiresNanos) {
        this.id = id;
        this.key = key;
        this.client = holder.client;
        this.kind = holder.kind;
        this.nonce = holder.nonce;
        this.expiresNanos = expiresNanos;
    }
}
