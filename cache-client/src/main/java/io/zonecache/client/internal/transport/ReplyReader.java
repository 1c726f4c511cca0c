package io.zonecache.client.internal.transport;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpResponse;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import org.jspecify.annotations.Nullable;

/**
 * Makes a reply from one answer: its head, then pieces of its body, then its end, or a failure at any point. Lives on one event loop.
 *
 * @param <T> the reply
 */
abstract class ReplyReader<T> {

    /** The request is on its way. */
    void written() {}

    /** The request waits for a connection again, and may be {@link #written} once more. */
    void requeued() {}

    /** Part of the answer has come. */
    void progressed() {}

    /** The head has come; a result that is not null is the reply, and ends the answer here without its body. */
    abstract @Nullable T head(HttpClientResponse response);

    /** @return false if the rest need not come */
    abstract boolean piece(Buffer piece);

    /** Whether bodies of such answers are taken from the socket's own buffers, by {@link #piece(ByteBuf)}. */
    boolean wantsBody(HttpResponse head) {
        return false;
    }

    /** @return false if the rest need not come */
    boolean piece(ByteBuf piece) {
        throw new IllegalStateException("a body that was not wanted: " + piece);
    }

    abstract T end();

    abstract T failed(Failure failure, String reason);
}
