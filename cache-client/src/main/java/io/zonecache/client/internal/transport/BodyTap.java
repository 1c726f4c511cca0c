package io.zonecache.client.internal.transport;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * Sits in a connection's pipeline before Vert.x and takes wanted bodies out of it, in the buffers that the socket filled: Vert.x copies each of
 * them into one of its own first. Head and end of the answer pass through, so that pooling, keep-alive, time limits and errors remain the business
 * of Vert.x.
 *
 * <p>Lives on the connection's event loop. If the connection is of a kind that this class does not know (HTTP/2, another loop, a Vert.x that hides
 * its channel), bodies come through Vert.x's public interface, with one copy more.
 */
final class BodyTap extends ChannelInboundHandlerAdapter {

    private static final String NAME = "zonecache-body-tap";

    private @Nullable Receiver receiver;
    private boolean isTaking;

    /** The receiver of a body. */
    interface Receiver {

        /** Called once, with the head of the answer. Must not throw. */
        boolean wantsBody(HttpResponse head);

        /** A piece of the body, which is released afterwards. Must not throw. */
        void take(ByteBuf piece);
    }

    /**
     * Adds a tap to a new connection's pipeline, on its event loop.
     *
     * @return null if bodies will come through Vert.x, whatever a receiver wants
     */
    static @Nullable BodyTap place(HttpConnection connection) {
        ChannelHandlerContext vertx = NettyChannels.contextOf(connection);
        if (vertx == null || connection.protocolVersion() != HttpVersion.HTTP_1_1) {
            return null;
        }
        BodyTap tap = new BodyTap();
        vertx.pipeline().addBefore(vertx.name(), NAME, tap);
        return tap;
    }

    /** The next answer is for this receiver. */
    void expect(Receiver next) {
        receiver = next;
        isTaking = false;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof HttpResponse head) {
            isTaking = receiver != null && receiver.wantsBody(head);
        }
        if (isTaking
                && receiver != null
                && message instanceof HttpContent content
                && content.decoderResult().isSuccess()) {
            try {
                receiver.take(content.content());
            } finally {
                ReferenceCountUtil.release(message);
            }
            if (message instanceof LastHttpContent) {
                end();
                context.fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
            }
            return;
        }
        if (message instanceof LastHttpContent) {
            end();
        }
        context.fireChannelRead(message);
    }

    /** The next answer on this connection is for another request. */
    private void end() {
        receiver = null;
        isTaking = false;
    }
}
