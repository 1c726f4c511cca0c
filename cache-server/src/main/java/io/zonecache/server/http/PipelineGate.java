package io.zonecache.server.http;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.impl.HttpServerConnection;
import io.zonecache.server.config.Limits;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Bounds what pipelined requests of an HTTP/1.1 connection take in memory. Decoded, they take many times the bytes that they were sent
 * in, and Vert.x stops reading only once it has decoded all that a turn of the event loop has read, up to 1 MiB. So bytes are handed on
 * in slices, and none while reading is off; the rest waits here, and behind it in the kernel and at the client.
 */
final class PipelineGate extends ChannelDuplexHandler {

    /** What the headers of one request may take. */
    static final int SLICE_BYTES = Limits.MAX_HEADER_BYTES;

    private final Deque<ByteBuf> waiting = new ArrayDeque<>();
    private boolean passing;
    private boolean scheduled;

    /** Puts one before all that decodes a connection. HTTP/2 has windows for this. */
    static void addTo(HttpConnection http) {
        if (http.protocolVersion() != HttpVersion.HTTP_2) {
            Channel channel =
                    ((HttpServerConnection) http).channelHandlerContext().channel();
            channel.pipeline().addFirst(new PipelineGate());
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (!(message instanceof ByteBuf bytes)) {
            context.fireChannelRead(message);
            return;
        }
        waiting.add(bytes);
        if (!scheduled) {
            pass(context);
        }
    }

    /** Reading is on again. What waits goes first, in a turn of its own: the caller may be in the midst of a request. */
    @Override
    public void read(ChannelHandlerContext context) {
        if (waiting.isEmpty() && !passing) {
            context.read();
        } else if (!scheduled) {
            scheduled = true;
            context.executor().execute(() -> resume(context));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        release();
        context.fireChannelInactive();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        release();
    }

    private void resume(ChannelHandlerContext context) {
        scheduled = false;
        pass(context);
        context.fireChannelReadComplete();
        if (waiting.isEmpty() && isReading(context)) {
            context.read();
        }
    }

    private void pass(ChannelHandlerContext context) {
        passing = true;
        try {
            while (!waiting.isEmpty() && isReading(context)) {
                ByteBuf first = waiting.element();
                boolean isLast = first.readableBytes() <= SLICE_BYTES;
                context.fireChannelRead(isLast ? waiting.remove() : first.readRetainedSlice(SLICE_BYTES));
                if (!waiting.isEmpty()) {
                    // Vert.x decides at the end of a read whether to go on reading.
                    context.fireChannelReadComplete();
                }
            }
        } finally {
            passing = false;
        }
    }

    private void release() {
        waiting.forEach(ByteBuf::release);
        waiting.clear();
    }

    private static boolean isReading(ChannelHandlerContext context) {
        return context.channel().config().isAutoRead();
    }
}
