package io.zonecache.client.internal.transport;

import static io.zonecache.client.internal.transport.HostileServer.ascii;
import static io.zonecache.client.internal.transport.TransportFixture.context;
import static io.zonecache.client.internal.transport.TransportFixture.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.zonecache.client.TestZone;
import io.zonecache.client.internal.Futures;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.EncodedView;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.model.ZoneNode;
import io.zonecache.testkit.proxy.FaultProxy;
import io.zonecache.testkit.proxy.ProxyFault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that wait at a node share few connections, and waiting for one of those says nothing of the node. */
@Tag("slow")
final class WaitingRequestsTest {

    private static final Duration SOON = Duration.ofSeconds(40);
    private static final ChunkKey KEY = new ChunkKey(1, 2, 3, 4);

    private TransportFixture fixture;
    private VertxStripeTransport transport;

    @BeforeEach
    void open() {
        fixture = TransportFixture.open();
        transport = fixture.transport;
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void shouldCarryFourHundredWaitingQuestionsOverTwoConnections(@TempDir Path directory) {
        try (TestZone zone = TestZone.start(directory, 1, "4-of-5");
                FaultProxy proxy = proxy(zone.view().get(0))) {
            ZoneNode node = TransportFixture.node(proxy.address());
            AtomicInteger granted = new AtomicInteger();
            Queue<LeaseReply> failures = new ConcurrentLinkedQueue<>();
            for (int i = 0; i < 400; i++) {
                ask(node, new ChunkKey(i, 1, 1, 1), granted, failures);
            }
            // Over the first connection 256 streams, and over the second one the rest.
            await().atMost(SOON).until(() -> proxy.connections() == 2);
            await().atMost(SOON).until(() -> granted.get() + failures.size() == 400);
            assertThat(failures).isEmpty();
            // Ended leases go over those for short requests.
            assertThat(proxy.accepted()).isLessThanOrEqualTo(2 + 8);
        }
    }

    /** Until it is granted: a node's young process, and one that has no slot for longer than it may wait, refuse with what is an answer too. */
    private void ask(ZoneNode node, ChunkKey key, AtomicInteger granted, Queue<LeaseReply> failures) {
        CompletableFuture<LeaseReply> question =
                transport.acquireLease(node, key, context(), StripeTransportContract.question(10_000, false));
        Futures.whenDone(question, (reply, failure) -> {
            if (reply instanceof LeaseReply.Granted lease) {
                granted.incrementAndGet();
                Futures.thenRun(transport.endLease(node, key, context(), lease.lease(), LeaseOutcome.FILLED), () -> {});
            } else if (reply instanceof LeaseReply.Refused refused && refused.code() == CacheErrorCode.ORIGIN_LIMIT) {
                ask(node, key, granted, failures);
            } else if (reply != null) {
                failures.add(reply);
            }
        });
    }

    @Test
    void shouldHonourTheLimitOfStreamsThatANodeStates() throws Exception {
        Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
        AtomicInteger connections = new AtomicInteger();
        HttpServer server = listen(10, connections, held);
        ZoneNode node = TransportFixture.node("127.0.0.1:" + server.actualPort());
        List<CompletableFuture<LeaseReply>> replies = new ArrayList<>();
        for (int i = 0; i < 35; i++) {
            replies.add(ask(node, context(60_000, 60_000)));
        }
        await().atMost(SOON).until(() -> held.size() == 35);
        assertThat(connections).hasValue(4);
        // All four are full: these wait for a stream of this client's, and their time ends there.
        List<CompletableFuture<LeaseReply>> more = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            replies.add(ask(node, context(60_000, 60_000)));
        }
        await().atMost(SOON).until(() -> held.size() == 40);
        for (int i = 0; i < 20; i++) {
            more.add(ask(node, context(300, 60_000)));
        }
        more.forEach(reply -> assertThat(join(reply)).isInstanceOf(LeaseReply.NotSent.class));
        assertThat(held).hasSize(40);
        assertThat(connections).hasValue(4);
        held.forEach(WaitingRequestsTest::refuse);
        replies.forEach(reply -> assertThat(join(reply)).isInstanceOf(LeaseReply.Refused.class));
    }

    @Test
    void shouldSendNothingMoreOverAConnectionThatTheNodeIsToClose() throws Exception {
        Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
        AtomicInteger connections = new AtomicInteger();
        HttpServer server = listen(100, connections, held);
        ZoneNode node = TransportFixture.node("127.0.0.1:" + server.actualPort());
        CompletableFuture<LeaseReply> first = ask(node, context());
        await().atMost(SOON).until(() -> held.size() == 1);
        // A node that has closed for new requests lets those under way end.
        Future<Void> closing = held.element().connection().shutdown(SOON);
        assertThat(closing.isComplete()).isFalse();
        await().atMost(SOON).until(() -> {
            CompletableFuture<LeaseReply> next = ask(node, context());
            await().atMost(SOON).until(() -> held.size() == 2);
            HttpServerRequest asked = new ArrayList<>(held).get(1);
            refuse(asked);
            held.remove(asked);
            assertThat(join(next)).isInstanceOf(LeaseReply.Refused.class);
            return connections.get() == 2;
        });
        refuse(held.remove());
        assertThat(join(first)).isInstanceOf(LeaseReply.Refused.class);
    }

    @Test
    void shouldWaitOverHttp1WhereHttp2IsNotSpoken() {
        String problem = "{\"code\":\"ORIGIN_LIMIT\",\"detail\":\"no slot\"}";
        CountDownLatch answer = new CountDownLatch(1);
        try (HostileServer server = new HostileServer(out -> {
            answer.await();
            out.write(ascii("HTTP/1.1 429 X\r\nContent-Length: " + problem.length() + "\r\n\r\n" + problem));
            out.flush();
        })) {
            answer.countDown();
            ZoneNode node = TransportFixture.node(server.address());
            List<CompletableFuture<LeaseReply>> replies = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                replies.add(ask(node, context()));
            }
            for (CompletableFuture<LeaseReply> reply : replies) {
                assertThat(join(reply)).isEqualTo(new LeaseReply.Refused(CacheErrorCode.ORIGIN_LIMIT, "no slot", 0));
            }
            assertThat(server.connections.get()).isLessThanOrEqualTo(1 + 32);
        }
    }

    @Test
    void shouldTakeTheSilenceOfWhatAcceptsConnectionsForTheNodes() {
        CountDownLatch forever = new CountDownLatch(1);
        try (HostileServer server = new HostileServer(out -> forever.await())) {
            assertThat(join(ask(TransportFixture.node(server.address()), context(30_000, 30_000))))
                    .isInstanceOf(LeaseReply.Unreachable.class);
        }
        forever.countDown();
    }

    @Test
    void shouldGiveUpASharedConnectionThatLeadsNowhereAnyMore(@TempDir Path directory) {
        try (TestZone zone = TestZone.start(directory, 1, "4-of-5");
                FaultProxy proxy = proxy(zone.view().get(0))) {
            ZoneNode node = TransportFixture.node(proxy.address());
            assertThat(join(ask(node, context()))).isNotInstanceOf(LeaseReply.Unreachable.class);
            proxy.set(new ProxyFault.BlackHole());
            assertThat(join(ask(node, context(300, 300)))).isInstanceOf(LeaseReply.Unreachable.class);
            proxy.set(new ProxyFault.None());
            int before = proxy.accepted();
            await().atMost(SOON).until(() -> {
                LeaseReply reply = join(ask(node, context(10_000, 3_000)));
                return !(reply instanceof LeaseReply.Unreachable) && proxy.accepted() >= before;
            });
        }
    }

    @Test
    void shouldGiveUpAViewRequestThatIsHeldByANodeThatAnswersNoPing(@TempDir Path directory) {
        try (TestZone zone = TestZone.start(directory, 1, "4-of-5");
                FaultProxy proxy = proxy(zone.view().get(0))) {
            EncodedView view = Objects.requireNonNull(join(transport.view(proxy.address(), null, null, 0, 40_000)));
            String etag = view.version().etag();
            assertThat(join(transport.view(proxy.address(), etag, null, 4_000, 40_000)))
                    .as("held for longer than silence may last")
                    .isNull();
            CompletableFuture<?> held = transport.view(proxy.address(), etag, null, 60_000, 120_000);
            proxy.set(new ProxyFault.BlackHole());
            await().atMost(SOON).until(held::isCompletedExceptionally);
        }
    }

    @Test
    void shouldAskAgainOverOneFreshConnectionWhenASharedOneIsLost() throws Exception {
        Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
        AtomicInteger connections = new AtomicInteger();
        HttpServer server = listen(256, connections, held);
        try (FaultProxy proxy = FaultProxy.to("127.0.0.1", server.actualPort())) {
            ZoneNode node = TransportFixture.node(proxy.address());
            List<CompletableFuture<LeaseReply>> replies = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                replies.add(ask(node, context()));
            }
            await().atMost(SOON).until(() -> held.size() == 200);
            proxy.breakAll();
            await().atMost(SOON).until(() -> held.size() == 400);
            assertThat(connections).hasValueLessThanOrEqualTo(1 + 4);
            held.stream().skip(200).forEach(WaitingRequestsTest::refuse);
            replies.forEach(reply -> assertThat(join(reply)).isInstanceOf(LeaseReply.Refused.class));
        }
    }

    @Test
    void shouldWaitOverHttp2AlthoughOneConnectionWasClosedBeforeItWasReady() throws Exception {
        Queue<HttpServerRequest> held = new ConcurrentLinkedQueue<>();
        AtomicInteger connections = new AtomicInteger();
        HttpServer server = listen(100, connections, held);
        try (FaultProxy proxy = FaultProxy.to("127.0.0.1", server.actualPort())) {
            ZoneNode node = TransportFixture.node(proxy.address());
            proxy.set(new ProxyFault.BreakAfter(0));
            assertThat(join(ask(node, context()))).isInstanceOf(LeaseReply.Unreachable.class);
            int closed = connections.get();
            proxy.set(new ProxyFault.None());
            List<CompletableFuture<LeaseReply>> replies = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                replies.add(ask(node, context()));
            }
            await().atMost(SOON).until(() -> held.size() == 10);
            assertThat(connections).hasValue(closed + 1);
            assertThat(held).allMatch(request -> request.version() == HttpVersion.HTTP_2);
            held.forEach(WaitingRequestsTest::refuse);
            replies.forEach(reply -> assertThat(join(reply)).isInstanceOf(LeaseReply.Refused.class));
        }
    }

    private CompletableFuture<LeaseReply> ask(ZoneNode node, RequestContext context) {
        return transport.acquireLease(node, KEY, context, StripeTransportContract.question(100, false));
    }

    private HttpServer listen(int streams, AtomicInteger connections, Queue<HttpServerRequest> held) throws Exception {
        return fixture.vertx
                .createHttpServer(new HttpServerOptions()
                        .setHttp2ClearTextEnabled(true)
                        .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(streams)))
                .connectionHandler(connection -> connections.incrementAndGet())
                .requestHandler(request -> {
                    assertThat(request.method()).isEqualTo(HttpMethod.POST);
                    held.add(request);
                })
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get();
    }

    private static void refuse(HttpServerRequest request) {
        request.response().setStatusCode(503).end("{\"code\":\"BUSY\",\"detail\":\"busy\"}");
    }

    private static FaultProxy proxy(ZoneNode node) {
        return FaultProxy.to(
                "127.0.0.1",
                Integer.parseInt(node.address().substring(node.address().lastIndexOf(':') + 1)));
    }
}
