package io.zonecache.client.internal.transport;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.impl.HttpClientConnection;
import io.vertx.core.http.impl.UnpooledHttpClientConnection;
import org.jspecify.annotations.Nullable;

/** Gives access to what is below Vert.x's connections, which their public interface does not show. */
final class NettyChannels {

    /** A body that the kernel buffers looks written; with a smaller buffer, a writer sees how fast the node takes it. */
    private static final long MAX_UNSENT_BYTES = 256 * 1024;

    /** Looked up by name, since workers need not have that transport's classes. */
    private static final ChannelOption<Long> UNSENT_BYTES =
            ChannelOption.valueOf("io.netty.channel.epoll.EpollChannelOption#TCP_NOTSENT_LOWAT");

    private NettyChannels() {}

    /** The context of Vert.x's own handler, on the connection's event loop; null if this Vert.x hides it. */
    static @Nullable ChannelHandlerContext contextOf(HttpConnection connection) {
        HttpConnection bare =
                connection instanceof UnpooledHttpClientConnection unpooled ? unpooled.unwrap() : connection;
        if (!(bare instanceof HttpClientConnection known)) {
            return null;
        }
        ChannelHandlerContext context = known.channelHandlerContext();
        return context.channel().eventLoop().inEventLoop() ? context : null;
    }

    /**
     * Bounds how much the kernel takes before it can send it.
     *
     * @return false if the transport is not the native one of Linux, which alone supports this
     */
    static boolean boundUnsentBytes(HttpConnection connection) {
        ChannelHandlerContext context = contextOf(connection);
        return context != null && context.channel().config().setOption(UNSENT_BYTES, MAX_UNSENT_BYTES);
    }
}
