package io.zonecache.client.internal.transport;

import static io.zonecache.client.internal.transport.HostileServer.head;
import static io.zonecache.client.internal.transport.TransportFixture.context;
import static io.zonecache.client.internal.transport.TransportFixture.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.client.TestZone;
import io.zonecache.client.internal.Futures;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyKind;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import io.zonecache.testkit.proxy.FaultProxy;
import io.zonecache.testkit.proxy.ProxyFault;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node has a time in which it may be silent, not one for its whole answer; and only what was written can be met by silence. */
final class SilenceTest {

    private static final Duration SOON = Duration.ofSeconds(40);
    private static final byte[] LONG_CHUNK = TestZone.chunk(1, 8 << 20);
    private static final ChunkKey LONG_KEY = ChunkKey.sha256Of(LONG_CHUNK);

    /** 2 MiB. */
    private static final StripeRecord LONG_RECORD =
            StripeTransportContract.records(LONG_CHUNK).get(0);

    private static final byte[] CHUNK = TestZone.chunk(2, 10_000);
    private static final ChunkKey KEY = ChunkKey.sha256Of(CHUNK);
    private static final byte[] BYTES = StripeTransportContract.bytes(
            StripeTransportContract.records(CHUNK).get(0).bytes());

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
    void shouldShareANarrowLinkAmongManyReadersWithoutLoss(@TempDir Path directory) {
        // Each reader has a connection, so that all answers come at once.
        try (TransportFixture wide = new TransportFixture(1, TransportFixture.options(32), null);
                TestZone zone = TestZone.start(directory, 1, "4-of-5");
                FaultProxy proxy = proxy(zone.view().get(0))) {
            transport = wide.transport;
            zone.put(zone.view().get(0), LONG_KEY, LONG_RECORD);
            ZoneNode node = TransportFixture.node(proxy.address());
            read(node, 4, 1);
            proxy.set(new ProxyFault.Bandwidth(20 << 20));
            read(node, 32, 1);
        }
    }

    /** All of them read at the same time, each so many times; fails if a read does. */
    private void read(ZoneNode node, int readers, int times) {
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (int i = 0; i < readers; i++) {
            CompletableFuture<Void> reader = new CompletableFuture<>();
            all.add(reader);
            read(node, times, reader);
        }
        all.forEach(TransportFixture::join);
    }

    private void read(ZoneNode node, int times, CompletableFuture<Void> reader) {
        if (times == 0) {
            reader.complete(null);
            return;
        }
        // All of an answer takes longer than its node may be silent, once others share the link.
        CompletableFuture<GetReply> reply = transport.get(
                node,
                LONG_KEY,
                context(30_000, 1_500),
                header -> StripeTransportContract.target(header.payloadBytes()));
        Futures.whenDone(reply, (value, failure) -> {
            if (value instanceof GetReply.Stripes stripes && stripes.verified().size() == 1) {
                read(node, times - 1, reader);
            } else {
                reader.completeExceptionally(new AssertionError("reply: " + value, failure));
            }
        });
    }

    @Test
    void shouldLetAWriteGoOnAsLongAsTheNodeTakesSomeOfIt() throws Exception {
        byte[] answer = HostileServer.ascii("HTTP/1.1 204 No Content\r\n\r\n");
        try (ServerSocket slow = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            slow.setReceiveBufferSize(64 * 1024);
            CompletableFuture<Void> served = CompletableFuture.runAsync(() -> {
                try (Socket socket = slow.accept();
                        InputStream in = socket.getInputStream()) {
                    byte[] block = new byte[128 * 1024];
                    // Some 2.1 MiB in 17 steps of 60 ms.
                    for (long left = LONG_RECORD.bytes().remaining(); left > 0; ) {
                        TimeUnit.MILLISECONDS.sleep(60); // the node's own pace
                        left -= in.readNBytes(block, 0, (int) Math.min(block.length, left));
                    }
                    socket.getOutputStream().write(answer);
                    socket.getOutputStream().flush();
                    TimeUnit.MILLISECONDS.sleep(100); // until the answer has been read
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
            ZoneNode node = TransportFixture.node("127.0.0.1:" + slow.getLocalPort());
            assertThat(join(transport.put(node, LONG_KEY, context(30_000, 700), List.of(LONG_RECORD))))
                    .isEqualTo(new PutReply.Acknowledged());
            join(served);
        }
    }

    @Test
    void shouldEndARequestThatMeetsSilenceLongBeforeItsWholeTime() {
        CountDownLatch forever = new CountDownLatch(1);
        try (HostileServer server = new HostileServer(out -> forever.await())) {
            long start = System.nanoTime();
            assertThat(cause(get(server, context(60_000, 200)))).isEqualTo(GetReply.Cause.TIMEOUT);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(Duration.ofMillis(200), SOON);
        }
        try (HostileServer server = new HostileServer(out -> {
            out.write(head(BYTES.length));
            out.write(BYTES, 0, 100);
            out.flush();
            forever.await();
        })) {
            assertThat(cause(get(server, context(60_000, 200)))).isEqualTo(GetReply.Cause.TIMEOUT);
        }
        forever.countDown();
    }

    @Test
    void shouldNotCallANodeSilentForWhatWaitedForAConnectionOfThisClients() {
        CountDownLatch forever = new CountDownLatch(1);
        try (HostileServer server = new HostileServer(out -> forever.await())) {
            List<CompletableFuture<GetReply>> holding = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                holding.add(get(server, context(60_000, 60_000)));
            }
            await().atMost(SOON).until(() -> server.connections.get() == 8);
            List<CompletableFuture<GetReply>> waiting = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                waiting.add(get(server, context(300, 100)));
            }
            waiting.forEach(reply -> assertThat(cause(reply)).isEqualTo(GetReply.Cause.NOT_SENT));
            ZoneNode node = TransportFixture.node(server.address());
            assertThat(join(transport.put(node, LONG_KEY, context(300, 100), List.of(LONG_RECORD))))
                    .isInstanceOf(PutReply.NotSent.class);
            assertThat(join(transport.acquireLease(
                            node, KEY, context(300, 100), new LeaseRequest(KeyKind.PLAIN, 0, false, 1))))
                    .isInstanceOf(LeaseReply.NotSent.class);
            assertThat(holding).noneMatch(CompletableFuture::isDone);
        }
        forever.countDown();
    }

    @Test
    void shouldReadAnAnswerThatCameWhileTheEventLoopStalled() throws Exception {
        CountDownLatch stalled = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        CountDownLatch received = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        try (HostileServer server = new HostileServer(out -> {
            received.countDown();
            stalled.await();
            out.write(head(BYTES.length));
            out.write(BYTES);
            out.flush();
            answered.countDown();
        })) {
            long start = System.nanoTime();
            CompletableFuture<GetReply> reply = get(server, context(60_000, 400));
            received.await();
            fixture.vertx.runOnContext(turn -> {
                stalled.countDown();
                awaitQuietly(goOn);
            });
            answered.await();
            await().until(() -> System.nanoTime() - start > TimeUnit.MILLISECONDS.toNanos(600));
            goOn.countDown();
            assertThat(join(reply)).isInstanceOf(GetReply.Stripes.class);
        }
    }

    private CompletableFuture<GetReply> get(HostileServer server, RequestContext context) {
        return transport.get(
                TransportFixture.node(server.address()),
                KEY,
                context,
                header -> StripeTransportContract.target(header.payloadBytes()));
    }

    private static GetReply.Cause cause(CompletableFuture<GetReply> reply) {
        assertThat(join(reply)).isInstanceOf(GetReply.Unknown.class);
        return ((GetReply.Unknown) join(reply)).cause();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static FaultProxy proxy(ZoneNode node) {
        return FaultProxy.to(
                "127.0.0.1",
                Integer.parseInt(node.address().substring(node.address().lastIndexOf(':') + 1)));
    }
}
