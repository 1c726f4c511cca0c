package io.zonecache.server.http;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sees each connection that a node's servers accept, as soon as it is accepted. Vert.x tells of a connection only once it has sent
 * something, but a silent one takes a descriptor as well.
 */
@Sharable
final class AcceptHook extends ChannelInboundHandlerAdapter {

    private final Connections dataConnections;
    private final int maxAdminConnections;
    private final AtomicInteger adminConnections = new AtomicInteger();

    /** @param maxAdminConnections of the admin port, more are closed at once */
    AcceptHook(Connections dataConnections, int maxAdminConnections) {
        this.dataConnections = dataConnections;
        this.maxAdminConnections = maxAdminConnections;
    }

    @Override
    public void channelRead(ChannelHandlerContext server, Object accepted) {
        if (accepted instanceof Channel channel && server.channel().localAddress() instanceof InetSocketAddress local) {
            boolean isData = dataConnections.isDataPort(local.getPort());
            channel.pipeline().addLast(new Accepted(isData));
        }
        server.fireChannelRead(accepted);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // the channel's own listener counts the close
    private void acceptedByAdminPort(Channel channel) {
        channel.closeFuture().addListener(closed -> adminConnections.decrementAndGet());
        if (adminConnections.incrementAndGet() > maxAdminConnections) {
            channel.close();
        }
    }

    /** Counts a connection on its own event loop, and leaves its pipeline. */
    private final class Accepted extends ChannelInboundHandlerAdapter {

        private final boolean isData;

        Accepted(boolean isData) {
            this.isData = isData;
        }

        @Override
        public void channelActive(ChannelHandlerContext context) {
            context.fireChannelActive();
            Channel channel = context.channel();
            context.pipeline().remove(this);
            if (isData) {
                dataConnections.accepted(channel);
            } else {
                acceptedByAdminPort(channel);
            }
        }
    }
}
