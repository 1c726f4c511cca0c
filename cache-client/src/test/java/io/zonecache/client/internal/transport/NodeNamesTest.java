package io.zonecache.client.internal.transport;

import static io.zonecache.client.internal.transport.HostileServer.head;
import static io.zonecache.client.internal.transport.TransportFixture.context;
import static io.zonecache.client.internal.transport.TransportFixture.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Future;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.zonecache.client.TestZone;
import io.zonecache.model.ChunkKey;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A node is reached at whichever of its name's addresses takes connections, and its name is looked up again after a failure. */
final class NodeNamesTest {

    private static final Duration RECOVERED = Duration.ofSeconds(5);
    private static final byte[] CHUNK = TestZone.chunk(1, 10_000);
    private static final ChunkKey KEY = ChunkKey.sha256Of(CHUNK);
    private static final byte[] BYTES = StripeTransportContract.bytes(
            StripeTransportContract.records(CHUNK).get(0).bytes());

    private final AtomicInteger lookups = new AtomicInteger();
    private volatile List<InetAddress> addresses = List.of(address("127.0.0.1"));
    private final TransportFixture fixture =
            new TransportFixture(1, new TransportOptions(8, 1_024, 200, 20_000, 1 << 20, "test"), this::lookUp);

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void shouldFollowANameThatMoves() {
        int port;
        try (HostileServer first = answering("127.0.0.1", 0)) {
            port = first.port();
            assertThat(get(port)).isInstanceOf(GetReply.Stripes.class);
        }
        try (HostileServer second = answering("127.0.0.2", port)) {
            addresses = List.of(address("127.0.0.2"));
            await().atMost(RECOVERED).until(() -> get(port) instanceof GetReply.Stripes);
            assertThat(second.connections).hasPositiveValue();
        }
    }

    @Test
    void shouldFollowANameWhoseFormerAddressIsSilent() {
        CountDownLatch forever = new CountDownLatch(1);
        AtomicInteger answers = new AtomicInteger();
        try (HostileServer first = new HostileServer(address("127.0.0.1"), 0, out -> {
                    if (answers.getAndIncrement() > 0) {
                        forever.await();
                    }
                    answer(out);
                });
                HostileServer second = answering("127.0.0.2", first.port())) {
            assertThat(get(first.port())).isInstanceOf(GetReply.Stripes.class);
            addresses = List.of(address("127.0.0.2"));
            await().atMost(RECOVERED).until(() -> get(first.port()) instanceof GetReply.Stripes);
            assertThat(second.connections).hasValue(1);
        }
        forever.countDown();
    }

    @Test
    void shouldFollowASeedThatMovesWithRequestsThatWait() throws Exception {
        HttpServer first = unchanging("127.0.0.1", 0);
        int port = first.actualPort();
        assertThat(waitForView(port)).isNull();
        join(first.close().toCompletionStage().toCompletableFuture());

        unchanging("127.0.0.2", port);
        addresses = List.of(address("127.0.0.2"));
        await().atMost(RECOVERED)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(waitForView(port)).isNull());
        assertThat(lookups).hasValueGreaterThan(1);
    }

    @Test
    void shouldTryTheNextAddressWhenOneRefusesOrDoesNotConnect() throws Exception {
        List<Socket> fillers = new ArrayList<>();
        try (HostileServer server = answering("127.0.0.4", 0);
                ServerSocket full = new ServerSocket(server.port(), 1, address("127.0.0.3"))) {
            for (int i = 0; i < 3; i++) {
                Socket filler = new Socket();
                fillers.add(filler);
                connectQuietly(filler, full);
            }
            addresses = List.of(address("::1"), address("127.0.0.2"), address("127.0.0.3"), address("127.0.0.4"));
            assertThat(get(server.port())).isInstanceOf(GetReply.Stripes.class);
        } finally {
            for (Socket filler : fillers) {
                filler.close();
            }
        }
    }

    @Test
    void shouldDoWithTheAddressesKnownLastWhileNoLookupSucceeds() {
        try (HostileServer server = answering("127.0.0.1", 0)) {
            assertThat(get(server.port())).isInstanceOf(GetReply.Stripes.class);
            addresses = List.of();
            for (int i = 0; i < 3; i++) {
                server.closeConnections();
                assertThat(get(server.port())).isInstanceOf(GetReply.Stripes.class);
            }
            assertThat(lookups).hasValueGreaterThan(1);
        }
    }

    @Test
    void shouldLookNothingUpWhileNothingFails() {
        try (HostileServer server = answering("127.0.0.1", 0)) {
            for (int i = 0; i < 20; i++) {
                assertThat(get(server.port())).isInstanceOf(GetReply.Stripes.class);
            }
            assertThat(lookups).hasValue(1);
        }
    }

    @Test
    void shouldNotCallANodeWithoutAnAddressLost() {
        addresses = List.of();
        assertThat(get(7_400)).isInstanceOf(GetReply.Unknown.class);
    }

    @Test
    void shouldReachIpv6AddressesAndNameThemInBrackets() throws Exception {
        Queue<String> hosts = new ConcurrentLinkedQueue<>();
        HttpServer server;
        try {
            server = fixture.vertx
                    .createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(true))
                    .requestHandler(request -> {
                        hosts.add(request.version() + " " + request.authority());
                        request.response().setStatusCode(304).end();
                    })
                    .listen(0, "::1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get();
        } catch (java.util.concurrent.ExecutionException e) {
            assumeTrue(false, "no IPv6 here: " + e.getMessage());
            return;
        }
        int port = server.actualPort();
        for (String address :
                List.of("[::1]:" + port, "::1:" + port, "[0:0:0:0:0:0:0:1]:" + port, "[::1%lo]:" + port)) {
            assertThat(join(fixture.transport.view(address, "\"1\"", null, 0, 10_000)))
                    .isNull();
            assertThat(join(fixture.transport.view(address, "\"1\"", null, 100, 10_000)))
                    .isNull();
        }
        assertThat(hosts)
                .contains("HTTP_1_1 [::1]:" + port, "HTTP_2 [::1]:" + port)
                .allMatch(host -> host.endsWith("]:" + port) && host.indexOf('%') < 0);
    }

    private Future<List<InetAddress>> lookUp(String host) {
        lookups.incrementAndGet();
        assertThat(host).isEqualTo("node.test");
        List<InetAddress> found = addresses;
        return found.isEmpty() ? Future.failedFuture(new UnknownHostException(host)) : Future.succeededFuture(found);
    }

    private GetReply get(int port) {
        return join(fixture.transport.get(
                TransportFixture.node("node.test:" + port),
                KEY,
                context(5_000, 500),
                header -> StripeTransportContract.target(header.payloadBytes())));
    }

    /** Over HTTP/2, as a client follows its zone. */
    private @Nullable Object waitForView(int port) {
        return join(fixture.transport.view("node.test:" + port, "\"1\"", null, 100, 5_000));
    }

    /** A server that has nothing newer than what the client knows. */
    private HttpServer unchanging(String address, int port) {
        return join(fixture.vertx
                .createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(true))
                .requestHandler(request -> request.response().setStatusCode(304).end())
                .listen(port, address)
                .toCompletionStage()
                .toCompletableFuture());
    }

    private static HostileServer answering(String address, int port) {
        return new HostileServer(address(address), port, NodeNamesTest::answer);
    }

    private static void answer(java.io.OutputStream out) throws IOException {
        out.write(head(BYTES.length));
        out.write(BYTES);
        out.flush();
    }

    private static void connectQuietly(Socket socket, ServerSocket server) {
        try {
            socket.connect(server.getLocalSocketAddress(), 200);
        } catch (IOException e) {
            // The queue is full, as intended.
        }
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
