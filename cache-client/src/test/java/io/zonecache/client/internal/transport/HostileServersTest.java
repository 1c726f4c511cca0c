package io.zonecache.client.internal.transport;

import static io.zonecache.client.internal.transport.HostileServer.ascii;
import static io.zonecache.client.internal.transport.HostileServer.head;
import static io.zonecache.client.internal.transport.StripeTransportContract.records;
import static io.zonecache.client.internal.transport.StripeTransportContract.target;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.zonecache.client.TestZone;
import io.zonecache.client.internal.transport.GetReply.Cause;
import io.zonecache.client.internal.transport.HostileServer.Misdeed;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyKind;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever answers, the reply is of the right kind and comes in time. */
final class HostileServersTest {

    private static final long TIMEOUT_MILLIS = 60_000;
    private static final long SHORT_MILLIS = 400;
    private static final byte[] CHUNK = TestZone.chunk(1, 300_000);
    private static final ChunkKey KEY = ChunkKey.sha256Of(CHUNK);
    private static final byte[] RECORD =
            StripeTransportContract.bytes(records(CHUNK).get(0).bytes());

    private static Vertx vertx;
    private VertxStripeTransport transport;

    @BeforeAll
    static void startLoops() {
        vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
    }

    @AfterAll
    static void stopLoops() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @BeforeEach
    void open() {
        transport = new VertxStripeTransport(
                vertx, 1, new TransportOptions(2, 3, 250, 20_000, 1 << 20, "zonecache/test (00000000)"));
    }

    @AfterEach
    void close() {
        transport.close();
    }

    @Test
    void shouldCallBytesThatAreNoRecordsCorrupt() {
        byte[] garbage = new byte[200_000];
        new Random(1).nextBytes(garbage);
        assertThat(getFrom(out -> {
                    out.write(head(garbage.length));
                    out.write(garbage);
                }))
                .isEqualTo(new GetReply.Stripes(List.of(), 1));
    }

    @Test
    void shouldCallAnythingThatIsNoHttpLost() {
        assertThat(getFrom(out -> out.write(ascii("SSH-2.0-OpenSSH_9.2\r\n\r\n\r\n"))))
                .isInstanceOf(GetReply.Lost.class);
    }

    @Test
    void shouldCallAWebServerLost() {
        assertThat(getFrom(out -> out.write(
                        ascii("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"))))
                .isInstanceOf(GetReply.Lost.class);
        assertThat(getFrom(out -> out.write(ascii("HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nnot here\n"))))
                .isInstanceOf(GetReply.Lost.class);
    }

    @Test
    void shouldSayThatAProblemHasNoDetail() {
        assertThat(getFrom(out -> out.write(ascii(
                        "HTTP/1.1 503 Busy\r\nContent-Type: application/problem+json\r\nContent-Length: 15\r\n\r\n"
                                + "{\"code\":\"BUSY\"}"))))
                .isEqualTo(new GetReply.Unknown(Cause.REFUSED, "BUSY: status 503, no detail"));
    }

    @Test
    void shouldCallABodyThatBreaksOffUnknown() {
        assertThat(cause(getFrom(out -> {
                    out.write(head(RECORD.length));
                    out.write(RECORD, 0, RECORD.length / 2);
                    throw new IllegalStateException("closes half-way");
                })))
                .isEqualTo(Cause.CUT_OFF);
    }

    @Test
    void shouldKeepTheStripesThatCameBeforeABodyBrokeOff() {
        GetReply reply = getFrom(out -> {
            out.write(head(2L * RECORD.length));
            out.write(RECORD);
            out.write(RECORD, 0, 1_000);
            throw new IllegalStateException("closes half-way");
        });
        assertThat(((GetReply.Stripes) reply).verified()).hasSize(1);
    }

    @Test
    void shouldCallABodyShorterThanItsRecordCorrupt() {
        assertThat(getFrom(out -> {
                    out.write(head(RECORD.length - 10));
                    out.write(RECORD, 0, RECORD.length - 10);
                }))
                .isEqualTo(new GetReply.Stripes(List.of(), 1));
    }

    @Test
    void shouldCallAFlippedBitCorrupt() {
        byte[] flipped = RECORD.clone();
        flipped[RECORD.length - 5] ^= 4;
        assertThat(getFrom(out -> {
                    out.write(head(flipped.length));
                    out.write(flipped);
                }))
                .isEqualTo(new GetReply.Stripes(List.of(), 1));
    }

    @Test
    void shouldCallAnotherChunksStripeCorrupt() {
        byte[] other = StripeTransportContract.bytes(
                records(TestZone.chunk(2, 1_000)).get(0).bytes());
        assertThat(getFrom(out -> {
                    out.write(head(other.length));
                    out.write(other);
                }))
                .isEqualTo(new GetReply.Stripes(List.of(), 1));
    }

    @Test
    void shouldEndOnTimeWhenNothingComes() {
        CountDownLatch forever = new CountDownLatch(1);
        assertThat(cause(soonFrom(out -> forever.await()))).isEqualTo(Cause.TIMEOUT);
        assertThat(cause(soonFrom(out -> {
                    out.write(head(RECORD.length));
                    out.write(RECORD, 0, 100);
                    out.flush();
                    forever.await();
                })))
                .isEqualTo(Cause.TIMEOUT);
        forever.countDown();
    }

    @Test
    void shouldEndOnTimeWhenABodyTrickles() {
        assertThat(cause(soonFrom(out -> {
                    out.write(head(RECORD.length));
                    for (byte one : RECORD) {
                        out.write(one);
                        out.flush();
                        TimeUnit.MILLISECONDS.sleep(5);
                    }
                })))
                .isEqualTo(Cause.TIMEOUT);
    }

    @Test
    void shouldCutOffABodyWithoutEnd() {
        byte[] later = Arrays.copyOf(RECORD, 64);
        later[3] = '9';
        later[12] = 0x7F;
        assertThat(cause(getFrom(out -> {
                    out.write(head(Long.MAX_VALUE / 2));
                    out.write(later);
                    byte[] block = new byte[64 * 1024];
                    while (true) {
                        out.write(block);
                    }
                })))
                .isEqualTo(Cause.CUT_OFF);
    }

    @Test
    void shouldTakeTroubleForNeitherMissNorLoss() {
        for (String status : new String[] {"503 X", "500 X", "504 X", "429 X", "502 X", "507 X"}) {
            assertThat(cause(getFrom(out -> out.write(ascii("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n")))))
                    .as(status)
                    .isEqualTo(Cause.REFUSED);
        }
    }

    @Test
    void shouldReadTheCodeOfAProblem() {
        String problem = "{\"code\":\"ORIGIN_LIMIT\",\"detail\":\"no slot\"}";
        String answer = "HTTP/1.1 429 X\r\nRetry-After: 2\r\nContent-Type: application/problem+json\r\nContent-Length: "
                + problem.length() + "\r\n\r\n" + problem;
        try (HostileServer server = new HostileServer(out -> out.write(ascii(answer)))) {
            assertThat(join(transport.acquireLease(
                            node(server), KEY, context(), new LeaseRequest(KeyKind.PLAIN, 100, false, 1))))
                    .isEqualTo(new LeaseReply.Refused(CacheErrorCode.ORIGIN_LIMIT, "no slot", 2_000));
        }
    }

    @Test
    void shouldTakeNoLeaseFromNonsense() {
        for (String body :
                new String[] {"", "{}", "[]", "{\"lease\":7}", "{\"lease\":\"\",\"expiresInMillis\":1}", "no"}) {
            for (int status : new int[] {200, 201, 404, 503}) {
                String answer = "HTTP/1.1 " + status + " X\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
                try (HostileServer server = new HostileServer(out -> out.write(ascii(answer)))) {
                    assertThat(join(transport.acquireLease(
                                    node(server), KEY, context(), new LeaseRequest(KeyKind.PLAIN, 0, false, 1))))
                            .as("%d %s", status, body)
                            .isInstanceOf(LeaseReply.Unreachable.class);
                }
            }
        }
    }

    @Test
    void shouldTakeNoViewFromNonsense() {
        for (String body : new String[] {"", "{}", "<html>", "{\"zone\":\"x\"}"}) {
            String answer = "HTTP/1.1 200 X\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
            try (HostileServer server = new HostileServer(out -> out.write(ascii(answer)))) {
                assertThat(transport.view(server.address(), null, null, 0, 2_000))
                        .failsWithin(5, TimeUnit.SECONDS)
                        .withThrowableThat()
                        .withMessageContaining("view: ");
            }
        }
    }

    @Test
    void shouldIgnoreAnEpochThatIsNoNumber() {
        List<Long> epochs = new ArrayList<>();
        transport.onEpoch((node, epoch) -> epochs.add(epoch));
        String answer = "HTTP/1.1 503 X\r\nZonecache-Epoch: -99999999999999999999\r\nContent-Length: 0\r\n\r\n";
        assertThat(cause(getFrom(out -> out.write(ascii(answer))))).isEqualTo(Cause.REFUSED);
        assertThat(epochs).isEmpty();
    }

    @Test
    void shouldUseItsConnectionsAgain() {
        try (HostileServer server = new HostileServer(out -> {
            out.write(head(RECORD.length));
            out.write(RECORD);
        })) {
            for (int i = 0; i < 20; i++) {
                assertThat(get(server)).isInstanceOf(GetReply.Stripes.class);
            }
            assertThat(server.connections).hasValue(1);
        }
    }

    @Test
    void shouldBoundConnectionsAndWaitingRequestsOfANode() {
        CountDownLatch forever = new CountDownLatch(1);
        try (HostileServer server = new HostileServer(out -> forever.await())) {
            List<CompletableFuture<GetReply>> replies = new ArrayList<>();
            RequestContext patient = new RequestContext(60_000, 1, null);
            for (int i = 0; i < 20; i++) {
                replies.add(transport.get(node(server), KEY, patient, header -> null));
            }
            await().atMost(Duration.ofSeconds(60))
                    .until(() ->
                            replies.stream().filter(CompletableFuture::isDone).count() >= 15);
            replies.stream()
                    .filter(CompletableFuture::isDone)
                    .forEach(reply -> assertThat(cause(join(reply))).isEqualTo(Cause.NOT_SENT));
            await().atMost(Duration.ofSeconds(60)).until(() -> server.connections.get() > 0);
            assertThat(server.connections.get()).isLessThanOrEqualTo(2);
            assertThat(replies).anyMatch(reply -> !reply.isDone());
        }
        forever.countDown();
    }

    @Test
    void shouldEndOnTimeWhenConnectingTakesForever() throws Exception {
        List<Socket> fillers = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < 3; i++) {
                Socket filler = new Socket();
                fillers.add(filler);
                connectQuietly(filler, full);
            }
            ZoneNode node = new ZoneNode("full", "127.0.0.1:" + full.getLocalPort(), "d", 1, NodeState.UP);
            assertThat(cause(join(transport.get(node, KEY, context(SHORT_MILLIS), header -> null))))
                    .isEqualTo(Cause.TIMEOUT);
        } finally {
            for (Socket filler : fillers) {
                filler.close();
            }
        }
    }

    @Test
    void shouldEndWhatIsUnderWayWhenItCloses() {
        CountDownLatch forever = new CountDownLatch(1);
        try (HostileServer server = new HostileServer(out -> forever.await())) {
            CompletableFuture<GetReply> reply = transport.get(node(server), KEY, context(), header -> null);
            transport.close();
            assertThat(cause(join(reply))).isEqualTo(Cause.NOT_SENT);
        }
        forever.countDown();
    }

    private static void connectQuietly(Socket socket, ServerSocket server) {
        try {
            socket.connect(server.getLocalSocketAddress(), 200);
        } catch (java.io.IOException e) {
            // The queue is full, as intended.
        }
    }

    private GetReply getFrom(Misdeed misdeed) {
        return getFrom(misdeed, context());
    }

    private GetReply soonFrom(Misdeed misdeed) {
        return getFrom(misdeed, context(SHORT_MILLIS));
    }

    private GetReply getFrom(Misdeed misdeed, RequestContext context) {
        try (HostileServer server = new HostileServer(misdeed)) {
            return get(server, context);
        }
    }

    private GetReply get(HostileServer server) {
        return get(server, context());
    }

    private GetReply get(HostileServer server, RequestContext context) {
        return join(transport.get(node(server), KEY, context, header -> target(header.payloadBytes())));
    }

    private static RequestContext context() {
        return context(TIMEOUT_MILLIS);
    }

    private static RequestContext context(long timeoutMillis) {
        return new RequestContext(timeoutMillis, 1, null);
    }

    private static ZoneNode node(HostileServer server) {
        return new ZoneNode("hostile", server.address(), "d", 1, NodeState.UP);
    }

    private static Cause cause(GetReply reply) {
        assertThat(reply).isInstanceOf(GetReply.Unknown.class);
        return ((GetReply.Unknown) reply).cause();
    }

    private static <T> T join(CompletableFuture<T> future) {
        return future.orTimeout(60, TimeUnit.SECONDS).join();
    }
}
