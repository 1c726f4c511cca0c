package io.zonecache.client.internal.transport;

import static io.zonecache.client.internal.transport.TransportFixture.context;
import static io.zonecache.client.internal.transport.TransportFixture.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.zonecache.client.TestZone;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyKind;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that lacks memory for what a node sends, or for what is sent to it, has learnt nothing of the node. */
final class ClientShortageTest {

    private static final byte[] CHUNK = TestZone.chunk(1, 4 << 20);
    private static final ChunkKey KEY = ChunkKey.sha256Of(CHUNK);
    private static final StripeRecord RECORD =
            StripeTransportContract.records(CHUNK).get(0);

    @TempDir
    static Path directory;

    private static TestZone zone;
    private static ZoneNode node;
    private TransportFixture fixture;
    private NodeConnections connections;

    @BeforeAll
    static void startNode() {
        zone = TestZone.start(directory, 1, "4-of-5");
        node = zone.view().get(0);
        zone.put(node, KEY, RECORD);
    }

    @AfterAll
    static void stopNode() {
        zone.close();
    }

    @BeforeEach
    void open() {
        fixture = TransportFixture.open();
        Context loop = EventLoops.contexts(fixture.vertx, 1).get(0);
        NodeDialer dialer = new NodeDialer(
                NodeAddress.parse(node.address()),
                loop,
                host -> Future.succeededFuture(List.of(InetAddress.getLoopbackAddress())),
                client(HttpVersion.HTTP_1_1),
                client(HttpVersion.HTTP_2),
                5_000,
                () -> isUnanswered -> {});
        connections = new NodeConnections(
                node.address(),
                loop,
                dialer,
                new ConnectionPool.Limits(HttpVersion.HTTP_1_1, 1, 0, 100, 5_000),
                new ConnectionPool.Limits(HttpVersion.HTTP_2, 1, 1, 100, 5_000));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static void assertSaysNothingOfTheNode(GetReply reply) {
        assertThat(reply)
                .isInstanceOfSatisfying(
                        GetReply.Unknown.class,
                        unknown ->
                                assertThat(unknown.cause()).as(unknown.reason()).isEqualTo(GetReply.Cause.NOT_SENT));
    }

    @ParameterizedTest(name = "at read {0}")
    @ValueSource(ints = {1, 2})
    void shouldNotTakeItsLackOfMemoryForALostStripe(int failingRead) {
        lackMemory(false, failingRead, 0);
        GetReply reply = run(
                new ReplyReaders.Get(KEY, header -> StripeTransportContract.target(header.payloadBytes())),
                requests().stripes(KEY, context()),
                false);
        assertSaysNothingOfTheNode(reply);
    }

    @Test
    void shouldNotTakeItsLackOfMemoryForTheNodesSilence() {
        lackMemory(false, 0, 1);
        GetReply reply =
                run(new ReplyReaders.Get(KEY, header -> null), requests().stripes(KEY, context()), false);
        assertSaysNothingOfTheNode(reply);
    }

    @Test
    void shouldNotCallACoordinatorUnreachableForItsOwnLackOfMemory() {
        lackMemory(true, 1, 0);
        LeaseReply reply = run(
                new ReplyReaders.Lease(),
                requests().acquireLease(KEY, context(), new LeaseRequest(KeyKind.PLAIN, 2_000, false, 1)),
                true);
        assertThat(reply).isNotInstanceOf(LeaseReply.Unreachable.class);
    }

    private <T> T run(ReplyReader<T> reader, OutgoingRequest request, boolean isWaiting) {
        RequestExchange<T> exchange =
                new RequestExchange<>(reader, request, connections, connections.pool(isWaiting), new HeadListener() {
                    @Override
                    void answered() {}

                    @Override
                    void epochSeen(long epoch) {}

                    @Override
                    void purgesSeen(String token) {}
                });
        exchange.start();
        return join(exchange.result());
    }

    private static OutgoingRequests requests() {
        return new OutgoingRequests(TransportFixture.options(1));
    }

    private HttpClientAgent client(HttpVersion version) {
        return fixture.vertx
                .httpClientBuilder()
                .with(new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false))
                .build();
    }

    /** The next request goes over a connection for whose reads and writes, counted from 1, there is no memory, as Netty reports that. */
    private void lackMemory(boolean isWaiting, int failingRead, int failingWrite) {
        CompletableFuture<Void> prepared = new CompletableFuture<>();
        ConnectionPool pool = connections.pool(isWaiting);
        connections
                .loop()
                .runOnContext(turn -> pool.acquire(
                        new ConnectionPool.Waiter() {
                            @Override
                            public void connected(PooledConnection connection) {
                                Objects.requireNonNull(NettyChannels.contextOf(connection.http))
                                        .pipeline()
                                        .addFirst(new Shortage(failingRead, failingWrite));
                                pool.release(connection);
                                prepared.complete(null);
                            }

                            @Override
                            public void refused(Failure failure, String reason) {
                                prepared.completeExceptionally(new IllegalStateException(reason));
                            }
                        },
                        false));
        join(prepared);
    }

    private static final class Shortage extends ChannelDuplexHandler {

        private int readsLeft;
        private int writesLeft;

        Shortage(int failingRead, int failingWrite) {
            readsLeft = failingRead;
            writesLeft = failingWrite;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (--readsLeft == 0) {
                ReferenceCountUtil.release(message);
                context.fireExceptionCaught(failure());
                ChannelFuture unused = context.close();
            } else {
                context.fireChannelRead(message);
            }
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            if (--writesLeft == 0) {
                ReferenceCountUtil.release(message);
                promise.setFailure(failure());
            } else {
                ChannelFuture unused = context.write(message, promise);
            }
        }

        private static Error failure() {
            return new OutOfMemoryError("failed to allocate 4194304 byte(s) of direct memory");
        }
    }
}
