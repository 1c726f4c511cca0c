package io.zonecache.client.internal.transport;

import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** A connection, and what its pool knows of it. Lives on one event loop. */
final class PooledConnection {

    final HttpClientConnection http;

    /** Null if bodies come through Vert.x. */
    final @Nullable BodyTap tap;

    /** Requests that were given to it, ever. */
    long uses;

    /** Requests that it carries now. */
    int active;

    long idleSinceNanos;

    /** It takes no more requests. */
    boolean isRetired;

    boolean isProbed;

    PooledConnection(HttpClientConnection http) {
        this.http = http;
        this.tap = BodyTap.place(http);
        boolean unused = NettyChannels.boundUnsentBytes(http);
    }

    boolean isMultiplexed() {
        return http.protocolVersion() == HttpVersion.HTTP_2;
    }

    /** Whether it can carry one more; a node's limit of streams may change at any time. */
    boolean hasCapacity() {
        return !isRetired && active < (isMultiplexed() ? http.maxActiveStreams() : 1);
    }
}
