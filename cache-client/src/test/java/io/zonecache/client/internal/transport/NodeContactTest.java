package io.zonecache.client.internal.transport;

import static io.zonecache.client.internal.transport.HostileServer.ascii;
import static io.zonecache.client.internal.transport.HostileServer.head;
import static io.zonecache.client.internal.transport.TransportFixture.context;
import static io.zonecache.client.internal.transport.TransportFixture.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.vertx.core.Future;
import io.zonecache.client.TestZone;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyKind;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.model.StripeHeader;
import io.zonecache.model.ZoneNode;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the transport reports of a node: answers of every kind, connects, and when a request is at the node; and what it calls a request's end. */
final class NodeContactTest {

    private static final Duration SOON = Duration.ofSeconds(20);
    private static final byte[] CHUNK = TestZone.chunk(1, 10_000);
    private static final ChunkKey KEY = ChunkKey.sha256Of(CHUNK);
    private static final byte[] BYTES = StripeTransportContract.bytes(
            StripeTransportContract.records(CHUNK).get(0).bytes());

    /** Of a group, to which no connection can be opened. */
    private static final String NO_ROUTE = "224.0.0.1";

    private final Queue<String> contacts = new ConcurrentLinkedQueue<>();
    private final AtomicInteger lookups = new AtomicInteger();
    private volatile Supplier<Future<List<InetAddress>>> lookup = () -> found("127.0.0.1");
    private TransportFixture fixture;
    private VertxStripeTransport transport;

    @BeforeEach
    void open() {
        TransportOptions options = new TransportOptions(4, 1_024, 200, 20_000, 1 << 20, "test");
        fixture = new TransportFixture(1, options, host -> {
            lookups.incrementAndGet();
            return lookup.get();
        });
        transport = fixture.transport;
        transport.onContact(new ContactListener() {
            @Override
            public void answered(String address, @Nullable ZoneNode node) {
                contacts.add("answered " + (node == null ? "view" : node.id()));
            }

            @Override
            public Attempt connecting(String address) {
                contacts.add("connecting");
                return isUnanswered -> contacts.add(isUnanswered ? "unanswered" : "connected or refused");
            }
        });
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void shouldReportAnswersOfEveryKind() {
        try (HostileServer server = new HostileServer(out -> {
            out.write(ascii("HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n"));
            out.flush();
        })) {
            ZoneNode node = TransportFixture.node(server.address());
            List<CompletableFuture<?>> answers = List.of(
                    transport.get(node, KEY, context(), header -> null),
                    transport.put(node, KEY, context(), List.of()),
                    transport.reportCorrupt(node, KEY, context()),
                    transport.acquireLease(node, KEY, context(), new LeaseRequest(KeyKind.PLAIN, 0, false, 1)),
                    transport.endLease(node, KEY, context(), "lease", LeaseOutcome.FILLED));
            answers.forEach(TransportFixture::join);
            assertThat(contacts.stream().filter("answered node"::equals)).hasSize(answers.size());
            CompletableFuture<?> view = transport.view(server.address(), null, null, 0, 10_000);
            CompletableFuture<?> purges = transport.purges(server.address(), "1", 10_000);
            await().atMost(SOON).until(() -> view.isDone() && purges.isDone());
            assertThat(contacts.stream().filter("answered view"::equals)).hasSize(2);
        }
    }

    @Test
    void shouldReportAConnectAndWhetherItWasLeftUnanswered() throws Exception {
        try (HostileServer server = new HostileServer(NodeContactTest::answer)) {
            assertThat(get("127.0.0.1:" + server.port(), context())).isInstanceOf(GetReply.Stripes.class);
            assertThat(contacts).startsWith("connecting", "connected or refused");
        }
        contacts.clear();
        int unused;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            unused = free.getLocalPort();
        }
        assertThat(get("127.0.0.1:" + unused, context())).isInstanceOf(GetReply.Lost.class);
        assertThat(contacts).containsExactly("connecting", "connected or refused");
    }

    @Test
    void shouldKnowNothingOfANodeWhoseNameIsNotFound() {
        lookup = () -> Future.failedFuture(new UnknownHostException("node.test"));
        for (int i = 0; i < 3; i++) {
            assertCause(get("node.test:7400", context()), GetReply.Cause.TIMEOUT);
        }
        assertThat(contacts)
                .containsExactly("connecting", "unanswered", "connecting", "unanswered", "connecting", "unanswered");
    }

    @Test
    void shouldKnowNothingOfANodeToWhichThereIsNoRoute() {
        lookup = () -> found(NO_ROUTE, "fe80::1");
        assertCause(get("node.test:7400", context()), GetReply.Cause.TIMEOUT);
        assertThat(contacts).containsExactly("connecting", "unanswered");
    }

    @Test
    void shouldCallANodeLostThatRefusesAtOneAddressWhereThereIsNoRouteToTheOther() throws Exception {
        int unused;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            unused = free.getLocalPort();
        }
        lookup = () -> found("127.0.0.1", NO_ROUTE);
        GetReply reply = get("node.test:" + unused, context());
        assertThat(reply).isInstanceOf(GetReply.Lost.class);
    }

    @Test
    void shouldReachANodeAgainAfterAnyNumberOfErrorsWhileConnecting() {
        try (HostileServer server = new HostileServer(NodeContactTest::answer)) {
            lookup = () -> {
                throw new NoClassDefFoundError("as the test has it");
            };
            for (int i = 0; i < 10; i++) {
                assertCause(get("node.test:" + server.port(), context()), GetReply.Cause.NOT_SENT);
            }
            lookup = () -> Future.failedFuture(new StackOverflowError("as the test has it"));
            for (int i = 0; i < 10; i++) {
                assertThat(get("node.test:" + server.port(), context())).isInstanceOf(GetReply.Unknown.class);
            }
            lookup = () -> found("127.0.0.1");
            assertThat(get("node.test:" + server.port(), context())).isInstanceOf(GetReply.Stripes.class);
        }
    }

    @Test
    void shouldReportThatARequestWaitsForItsSecondConnection() {
        AtomicInteger requests = new AtomicInteger();
        try (HostileServer server = new HostileServer(out -> {
            if (requests.incrementAndGet() == 1) {
                throw new IllegalStateException("closes without an answer");
            }
            answer(out);
        })) {
            Recorder recorder = new Recorder();
            CompletableFuture<GetReply> reply = start("127.0.0.1:" + server.port(), context(), recorder);
            assertThat(join(reply)).isInstanceOf(GetReply.Stripes.class);
            assertThat(recorder.calls)
                    .startsWith("written", "requeued", "written")
                    .hasSizeLessThanOrEqualTo(4);
        }
    }

    @Test
    void shouldReportThatAFullNodeHasAnsweredAndThatTheRequestWaitsAgain() {
        AtomicInteger connections = new AtomicInteger();
        ThreadLocal<Integer> number = ThreadLocal.withInitial(connections::incrementAndGet);
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch forever = new CountDownLatch(1);
        try (HostileServer server = new HostileServer(out -> {
            if (number.get() == 1) {
                asked.countDown();
                forever.await();
            }
            out.write(ascii("HTTP/1.1 503 X\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
            out.flush();
            throw new IllegalStateException("closes");
        })) {
            String address = "127.0.0.1:" + server.port();
            CompletableFuture<GetReply> holding = start(address, context(60_000, 60_000), header -> null);
            await().atMost(SOON).until(() -> asked.getCount() == 0);
            Recorder recorder = new Recorder();
            CompletableFuture<GetReply> waiting = start(address, context(900, 400), recorder);
            assertCause(join(waiting), GetReply.Cause.NOT_SENT);
            assertThat(recorder.calls).containsExactly("written", "progressed", "requeued");
            assertThat(holding).isNotDone();
        }
        forever.countDown();
    }

    @Test
    void shouldNeitherCloseIdleConnectionsNorLookUpTheNameBecauseCallersAreInAHurry() throws Exception {
        AtomicInteger requests = new AtomicInteger();
        CountDownLatch both = new CountDownLatch(2);
        CountDownLatch forever = new CountDownLatch(1);
        try (HostileServer server = new HostileServer(out -> {
            if (requests.incrementAndGet() <= 2) {
                both.countDown();
                both.await();
                answer(out);
            } else {
                forever.await();
            }
        })) {
            String address = "node.test:" + server.port();
            CompletableFuture<GetReply> first = start(address, context(), header -> null);
            CompletableFuture<GetReply> second = start(address, context(), header -> null);
            assertThat(join(first)).isInstanceOf(GetReply.Stripes.class);
            assertThat(join(second)).isInstanceOf(GetReply.Stripes.class);
            lookups.set(0);
            long startNanos = System.nanoTime();
            assertThat(get(address, context(50, 50))).isInstanceOf(GetReply.Unknown.class);
            assertThat(get(address, context(50, 1_000))).isInstanceOf(GetReply.Unknown.class);
            assumeTrue(System.nanoTime() - startNanos < PeerSilence.MIN_NANOS, "too slow to be in a hurry");
            assertThat(server.connections).hasValue(2);
            assertThat(lookups).hasValue(0);
            assertCause(get(address, context(5_000, 600)), GetReply.Cause.TIMEOUT);
            assertCause(get(address, context(5_000, 600)), GetReply.Cause.TIMEOUT);
            assertThat(lookups).as("silent for as long as counts").hasPositiveValue();
        }
        forever.countDown();
    }

    private static final class Recorder implements StripeSink {

        final Queue<String> calls = new ConcurrentLinkedQueue<>();

        @Override
        public void written() {
            calls.add("written");
        }

        @Override
        public void requeued() {
            calls.add("requeued");
        }

        @Override
        public void progressed() {
            calls.add("progressed");
        }

        @Override
        public @Nullable PayloadTarget accept(StripeHeader header) {
            return null;
        }
    }

    private CompletableFuture<GetReply> start(String address, RequestContext context, StripeSink sink) {
        return transport.get(TransportFixture.node(address), KEY, context, sink);
    }

    private GetReply get(String address, RequestContext context) {
        return join(start(address, context, header -> null));
    }

    private static void assertCause(GetReply reply, GetReply.Cause cause) {
        assertThat(reply)
                .isInstanceOfSatisfying(
                        GetReply.Unknown.class,
                        unknown ->
                                assertThat(unknown.cause()).as(unknown.reason()).isEqualTo(cause));
    }

    private static void answer(java.io.OutputStream out) throws java.io.IOException {
        out.write(head(BYTES.length));
        out.write(BYTES);
        out.flush();
    }

    private static Future<List<InetAddress>> found(String... addresses) {
        List<InetAddress> found = new ArrayList<>();
        for (String address : addresses) {
            try {
                found.add(InetAddress.getByName(address));
            } catch (UnknownHostException e) {
                return Future.failedFuture(e);
            }
        }
        return Future.succeededFuture(found);
    }
}
