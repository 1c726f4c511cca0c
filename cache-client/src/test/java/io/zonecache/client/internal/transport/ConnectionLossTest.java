package io.zonecache.client.internal.transport;

import static io.zonecache.client.internal.transport.HostileServer.ascii;
import static io.zonecache.client.internal.transport.HostileServer.head;
import static io.zonecache.client.internal.transport.TransportFixture.context;
import static io.zonecache.client.internal.transport.TransportFixture.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.http.HttpServerOptions;
import io.zonecache.client.TestZone;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyKind;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import io.zonecache.testkit.proxy.FaultProxy;
import io.zonecache.testkit.proxy.ProxyFault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That a connection ends says nothing of the node unless a fresh one ends too. */
final class ConnectionLossTest {

    private static final byte[] CHUNK = TestZone.chunk(1, 300_000);
    private static final ChunkKey KEY = ChunkKey.sha256Of(CHUNK);
    private static final StripeRecord RECORD =
            StripeTransportContract.records(CHUNK).get(0);
    private static final byte[] BYTES = StripeTransportContract.bytes(RECORD.bytes());
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    static Path directory;

    private static TestZone zone;
    private static FaultProxy proxy;
    private static ZoneNode node;
    private TransportFixture fixture;
    private VertxStripeTransport transport;

    @BeforeAll
    static void startNode() {
        zone = TestZone.start(directory, 1, "4-of-5");
        String address = zone.view().get(0).address();
        proxy = FaultProxy.to("127.0.0.1", Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)));
        node = TransportFixture.node(proxy.address());
        zone.put(zone.view().get(0), KEY, RECORD);
    }

    @AfterAll
    static void stopNode() {
        proxy.close();
        zone.close();
    }

    @BeforeEach
    void open() {
        fixture = TransportFixture.open();
        transport = fixture.transport;
    }

    @AfterEach
    void close() {
        proxy.set(new ProxyFault.None());
        fixture.close();
    }

    @Test
    void shouldLoseNothingWhenAllConnectionsAreResetTenTimesWithFortyRequestsUnderWay() {
        proxy.set(new ProxyFault.Lag(20));
        List<CompletableFuture<GetReply>> all = new ArrayList<>();
        for (int round = 0; round < 10; round++) {
            List<CompletableFuture<GetReply>> requests = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                requests.add(get(node));
            }
            all.addAll(requests);
            // Some have been answered, over connections that others now use again.
            await().pollInterval(Duration.ofMillis(1))
                    .atMost(SOON)
                    .until(() -> requests.stream().anyMatch(CompletableFuture::isDone));
            proxy.breakAll();
            await().atMost(SOON)
                    .until(() ->
                            requests.stream().filter(CompletableFuture::isDone).count() >= 30);
        }
        int brokenOff = 0;
        for (CompletableFuture<GetReply> reply : all) {
            if (join(reply) instanceof GetReply.Unknown unknown) {
                // Its answer had begun, which is no loss either.
                assertThat(unknown.cause()).isEqualTo(GetReply.Cause.CUT_OFF);
                brokenOff++;
            } else {
                assertThat(join(reply)).isInstanceOf(GetReply.Stripes.class);
            }
        }
        // Each reset meets at most those that had a connection.
        assertThat(brokenOff).isLessThanOrEqualTo(80);
        assertThat(transport.requestsInFlight()).isZero();
    }

    @Test
    void shouldTryEveryKindOfRequestOnceMore() {
        join(get(node));
        for (int i = 0; i < 5; i++) {
            ChunkKey other = new ChunkKey(i, 1, 1, 1);
            proxy.breakAll();
            assertThat(join(get(node))).isInstanceOf(GetReply.Stripes.class);
            proxy.breakAll();
            assertThat(join(transport.put(node, KEY, context(), List.of(RECORD))))
                    .isEqualTo(new PutReply.Acknowledged());
            proxy.breakAll();
            assertThat(join(transport.reportCorrupt(node, KEY, context()))).isEqualTo(new PutReply.Acknowledged());
            proxy.breakAll();
            assertThat(join(transport.acquireLease(node, other, context(), StripeTransportContract.question(0, false))))
                    .isNotInstanceOf(LeaseReply.Unreachable.class)
                    .isNotInstanceOf(LeaseReply.NotSent.class);
            proxy.breakAll();
            assertThat(join(transport.acquireLease(
                            node, other, context(), StripeTransportContract.question(50, false))))
                    .isNotInstanceOf(LeaseReply.Unreachable.class)
                    .isNotInstanceOf(LeaseReply.NotSent.class);
            proxy.breakAll();
            assertThat(join(transport.view(proxy.address(), null, null, 0, 10_000)))
                    .isNotNull();
            proxy.breakAll();
            assertThat(join(transport.view(proxy.address(), "\"other\"", null, 50, 10_000)))
                    .isNotNull();
        }
    }

    @Test
    void shouldAskForALeaseAgainWithTheSameNonce() throws Exception {
        Queue<String> nonces = new ConcurrentLinkedQueue<>();
        int port = fixture.vertx
                .createHttpServer(new HttpServerOptions().setHttp2ClearTextEnabled(true))
                .requestHandler(request -> {
                    nonces.add(String.valueOf(request.getParam("nonce")));
                    if (nonces.size() % 2 == 1) {
                        request.connection().close();
                    } else {
                        request.response().end("{\"state\":\"FILLED\"}");
                    }
                })
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get()
                .actualPort();
        ZoneNode closing = TransportFixture.node("127.0.0.1:" + port);
        for (long waitMillis : new long[] {0, 100}) {
            assertThat(join(transport.acquireLease(
                            closing, KEY, context(), new LeaseRequest(KeyKind.PLAIN, waitMillis, false, -2))))
                    .isEqualTo(new LeaseReply.Filled());
        }
        assertThat(nonces).hasSize(4).containsOnly("fffffffffffffffe");
    }

    @Test
    void shouldCallANodeLostThatEndsAFreshConnectionToo() {
        AtomicInteger requests = new AtomicInteger();
        try (HostileServer server = new HostileServer(out -> {
            if (requests.incrementAndGet() > 1) {
                throw new IllegalStateException("closes without an answer");
            }
            answer(out);
        })) {
            assertThat(join(get(server))).isInstanceOf(GetReply.Stripes.class);
            assertThat(join(get(server))).isInstanceOf(GetReply.Lost.class);
            assertThat(requests).hasValue(3);
        }
    }

    @Test
    void shouldNotTryOnceMoreWhatBrokeOffWithinTheAnswer() {
        AtomicInteger requests = new AtomicInteger();
        try (HostileServer server = new HostileServer(out -> {
            requests.incrementAndGet();
            out.write(head(BYTES.length));
            out.write(BYTES, 0, 100);
            throw new IllegalStateException("closes half-way");
        })) {
            assertThat(join(get(server)))
                    .isInstanceOfSatisfying(
                            GetReply.Unknown.class,
                            unknown -> assertThat(unknown.cause()).isEqualTo(GetReply.Cause.CUT_OFF));
            assertThat(requests).hasValue(1);
        }
    }

    @Test
    void shouldUseNoConnectionAgainThatTheNodeCloses() {
        try (HostileServer server = new HostileServer(out -> {
            out.write(ascii("HTTP/1.1 200 OK\r\nConnection: close\r\n"
                    + "Content-Type: application/vnd.zonecache.stripes\r\nContent-Length: " + BYTES.length
                    + "\r\n\r\n"));
            out.write(BYTES);
            out.flush();
            throw new IllegalStateException("closes");
        })) {
            for (int i = 0; i < 20; i++) {
                assertThat(join(get(server))).isInstanceOf(GetReply.Stripes.class);
            }
            assertThat(server.connections).hasValue(20);
        }
    }

    @Test
    void shouldTakeTheBusyOfAFullNodeForAnAnswerAndAskAgain() {
        AtomicInteger requests = new AtomicInteger();
        try (HostileServer server = new HostileServer(out -> {
            if (requests.incrementAndGet() <= 3) {
                out.write(busyAndClosing());
                out.flush();
                throw new IllegalStateException("closes");
            }
            answer(out);
        })) {
            for (int i = 0; i < 3; i++) {
                assertThat(join(get(server)))
                        .isInstanceOfSatisfying(
                                GetReply.Unknown.class,
                                unknown -> assertThat(unknown.cause()).isEqualTo(GetReply.Cause.REFUSED));
            }
            assertThat(join(get(server))).isInstanceOf(GetReply.Stripes.class);
        }
    }

    /** At its limit a node answers on the connections that it has: none of these requests need fail. */
    @Test
    void shouldMakeDoWithOneConnectionWhereANodeTakesNoMore() {
        AtomicInteger first = new AtomicInteger();
        ThreadLocal<Integer> number = ThreadLocal.withInitial(first::incrementAndGet);
        try (HostileServer server = new HostileServer(out -> {
            if (number.get() > 1) {
                out.write(busyAndClosing());
                out.flush();
                throw new IllegalStateException("closes");
            }
            TimeUnit.MILLISECONDS.sleep(2); // the node's own time for an answer
            answer(out);
        })) {
            assertThat(join(get(server))).isInstanceOf(GetReply.Stripes.class);
            List<CompletableFuture<GetReply>> replies = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                replies.add(get(server));
            }
            replies.forEach(reply -> assertThat(join(reply)).isInstanceOf(GetReply.Stripes.class));
            assertThat(server.connections).hasValueLessThanOrEqualTo(1 + 8);
        }
    }

    @Test
    void shouldNotMeetAConnectionThatTheNodeClosedWhileItRested() {
        for (int i = 0; i < 10; i++) {
            assertThat(join(get(node))).isInstanceOf(GetReply.Stripes.class);
            int before = proxy.accepted();
            proxy.breakAll();
            assertThat(join(get(node))).isInstanceOf(GetReply.Stripes.class);
            assertThat(proxy.accepted()).isEqualTo(before + 1);
        }
    }

    @Test
    void shouldHoldToItsTimeWhenItIsTriedOnceMore() {
        CountDownLatch forever = new CountDownLatch(1);
        AtomicInteger requests = new AtomicInteger();
        try (HostileServer server = new HostileServer(out -> {
            if (requests.incrementAndGet() == 1) {
                throw new IllegalStateException("closes without an answer");
            }
            forever.await();
        })) {
            long start = System.nanoTime();
            assertThat(join(transport.get(
                            TransportFixture.node(server.address()), KEY, context(600, 60_000), header -> null)))
                    .isInstanceOfSatisfying(
                            GetReply.Unknown.class,
                            unknown -> assertThat(unknown.cause()).isEqualTo(GetReply.Cause.TIMEOUT));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(500), SOON);
            assertThat(requests).hasValue(2);
        }
        forever.countDown();
    }

    private CompletableFuture<GetReply> get(HostileServer server) {
        return get(TransportFixture.node(server.address()));
    }

    private CompletableFuture<GetReply> get(ZoneNode from) {
        return transport.get(from, KEY, context(), header -> StripeTransportContract.target(header.payloadBytes()));
    }

    private static void answer(java.io.OutputStream out) throws java.io.IOException {
        out.write(head(BYTES.length));
        out.write(BYTES);
        out.flush();
    }

    private static byte[] busyAndClosing() {
        String problem = "{\"code\":\"BUSY\",\"detail\":\"connections\"}";
        return ascii("HTTP/1.1 503 X\r\nConnection: close\r\nContent-Type: application/problem+json\r\nContent-Length: "
                + problem.length() + "\r\n\r\n" + problem);
    }
}
