package io.zonecache.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.zonecache.server.RawConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PipelineGateTest {

    private static final int SLICE = PipelineGate.SLICE_BYTES;

    private final Receiver receiver = new Receiver();
    private final EmbeddedChannel channel = new EmbeddedChannel(new PipelineGate(), receiver);

    @Test
    void shouldHandOnOneSliceForEachTimeThatReadingIsSwitchedOn() {
        byte[] sent = new byte[5 * SLICE + 17];
        new Random(1).nextBytes(sent);
        ByteBuf bytes = Unpooled.copiedBuffer(sent);
        receiver.stopsAfterEachRead = true;
        channel.writeInbound(bytes);
        for (int slices = 1; slices <= 5; slices++) {
            assertThat(receiver.received.readableBytes()).isEqualTo(slices * SLICE);
            channel.config().setAutoRead(true);
            channel.runPendingTasks();
        }
        assertThat(receiver.received).isEqualTo(Unpooled.wrappedBuffer(sent));
        assertThat(bytes.refCnt()).isZero();
    }

    @Test
    void shouldKeepTheOrderOfWhatComesWhileSomethingWaits() {
        byte[] sent = new byte[6 * SLICE];
        new Random(2).nextBytes(sent);
        receiver.stopsAfterEachRead = true;
        channel.writeInbound(Unpooled.copiedBuffer(sent, 0, 3 * SLICE));
        channel.writeInbound(Unpooled.copiedBuffer(sent, 3 * SLICE, 3 * SLICE));
        receiver.stopsAfterEachRead = false;
        channel.config().setAutoRead(true);
        channel.runPendingTasks();
        assertThat(receiver.received).isEqualTo(Unpooled.wrappedBuffer(sent));
    }

    @Test
    void shouldReadOnOnceNothingWaits() {
        receiver.stopsAfterEachRead = true;
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[2 * SLICE]));
        receiver.stopsAfterEachRead = false;
        channel.config().setAutoRead(true);
        channel.runPendingTasks();
        channel.writeInbound(Unpooled.wrappedBuffer(new byte[10]));
        assertThat(receiver.received.readableBytes()).isEqualTo(2 * SLICE + 10);
    }

    @Test
    void shouldReleaseWhatWaitsWhenTheConnectionIsGone() {
        ByteBuf bytes = Unpooled.wrappedBuffer(new byte[3 * SLICE]);
        receiver.stopsAfterEachRead = true;
        channel.writeInbound(bytes);
        channel.close().syncUninterruptibly();
        receiver.received.release();
        assertThat(bytes.refCnt()).isZero();
    }

    @Test
    void shouldLetRequestsWaitBehindOneThatTakesLong() throws Exception {
        int requests = 20_000;
        String get = "GET /v1/view HTTP/1.1\r\nHost: n\r\n\r\n";
        try (Listeners node = new Listeners(10, 25);
                RawConnection connection = new RawConnection(node.port())) {
            connection.send("GET /v1/view?do=hold HTTP/1.1\r\nHost: n\r\n\r\n");
            await().until(() -> node.held() == 1);
            CompletableFuture<RawConnection> sent = CompletableFuture.supplyAsync(() -> {
                try {
                    return connection.send(get.repeat(requests));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            assertThat(node.isHeldBehindGate()).isTrue();
            node.release();
            for (int i = 0; i <= requests; i++) {
                assertThat(connection.receive().text()).as("answer " + i).isEqualTo(Listeners.BODY);
            }
            sent.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void shouldLeaveHttp2ToItsWindows() throws Exception {
        try (Listeners node = new Listeners(10, 25);
                RawHttp2 connection = new RawHttp2(node.port())) {
            connection.get(1, "/v1/view?do=hold");
            await().until(() -> node.held() == 1);
            assertThat(node.isHeldBehindGate()).isFalse();
        }
    }

    /** Keeps what it gets, and switches reading off at the end of each read, as Vert.x does when requests wait. */
    private static final class Receiver extends ChannelInboundHandlerAdapter {

        private final ByteBuf received = Unpooled.buffer();
        private boolean stopsAfterEachRead;

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            received.writeBytes(bytes);
            bytes.release();
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            if (stopsAfterEachRead) {
                context.channel().config().setAutoRead(false);
            }
        }
    }
}
