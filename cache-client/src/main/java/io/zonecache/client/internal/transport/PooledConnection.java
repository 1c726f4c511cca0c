package io.zonecache.client.internal.transport;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientConnection;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/** A connection, and what its pool knows of it. Lives on one event loop. */
final class PooledConnection {

    private static final int PING_BYTES = 8;

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

    /** Over HTTP/2: succeeds when the node answers, which it does while it holds requests. */
    Future<?> ping() {
        return http.ping(Buffer.buffer(new byte[PING_BYTES]));
    }

    /** Whether it can carry one more; a node's limit of streams may change at any time. */
    boolean hasCapacity() {
        return !isRetired && active < (isMultiplexed() ? http.maxActiveStreams() : 1);
    }
}
