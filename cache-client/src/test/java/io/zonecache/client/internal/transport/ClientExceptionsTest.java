package io.zonecache.client.internal.transport;

import static io.zonecache.client.internal.transport.TransportFixture.context;
import static io.zonecache.client.internal.transport.TransportFixture.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.client.TestZone;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyKind;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import io.zonecache.testkit.proxy.FaultProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the client's own parts throw while a request is built, sent, read or completed, it ends with a reply and leaves nothing behind. */
final class ClientExceptionsTest {

    private static final byte[] CHUNK = TestZone.chunk(1, 300_000);
    private static final ChunkKey KEY = ChunkKey.sha256Of(CHUNK);

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
        zone.put(zone.view().get(0), KEY, StripeTransportContract.records(CHUNK).get(0));
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
        fixture.close();
    }

    @Test
    void shouldNotSendAHeaderThatIsNone() {
        for (String value : new String[] {"00-a\r\nEvil: 1", "a\nb", "a\0b"}) {
            RequestContext context = new RequestContext(60_000, 60_000, 1, null, value);
            assertNotSent(join(transport.get(node, KEY, context, header -> null)));
            assertThat(join(transport.put(node, KEY, context, List.of()))).isInstanceOf(PutReply.NotSent.class);
            assertThat(join(transport.acquireLease(node, KEY, context, new LeaseRequest(KeyKind.PLAIN, 10, false, 1))))
                    .isInstanceOf(LeaseReply.NotSent.class);
        }
        RequestContext leased = new RequestContext(60_000, 1, "lease\r\nEvil: 1");
        assertThat(join(transport.put(node, KEY, leased, List.of()))).isInstanceOf(PutReply.NotSent.class);
        assertLeftNothing();
    }

    @Test
    void shouldNotSendABodyThatCanNotBeBuilt() {
        for (Throwable failure : failures()) {
            List<StripeRecord> records = new AbstractList<>() {
                @Override
                public StripeRecord get(int index) {
                    throw unchecked(failure);
                }

                @Override
                public int size() {
                    return 1;
                }
            };
            assertThat(join(transport.put(node, KEY, context(), records))).isInstanceOf(PutReply.NotSent.class);
        }
        assertLeftNothing();
    }

    @Test
    void shouldEndARequestWhoseSinkThrows() {
        for (Throwable failure : failures()) {
            assertNotSent(join(transport.get(node, KEY, context(), header -> {
                throw unchecked(failure);
            })));
        }
        assertLeftNothing();
    }

    @Test
    void shouldAnswerAlthoughAListenerThrows() {
        AtomicInteger heard = new AtomicInteger();
        List<Throwable> failures = failures();
        transport.onEpoch((from, epoch) -> {
            throw unchecked(failures.get(heard.getAndIncrement() % failures.size()));
        });
        for (int i = 0; i < failures.size(); i++) {
            assertThat(join(transport.get(node, KEY, context(), header -> null)))
                    .isInstanceOf(GetReply.Stripes.class);
        }
        assertThat(heard).hasValueGreaterThanOrEqualTo(failures.size());
        assertLeftNothing();
    }

    @Test
    void shouldEndARequestWhoseDependentsThrow() {
        for (Throwable failure : failures()) {
            CompletableFuture<GetReply> reply = transport.get(node, KEY, context(), header -> null);
            CompletableFuture<Void> dependent = reply.thenAccept(value -> {
                throw unchecked(failure);
            });
            assertThat(join(reply)).isInstanceOf(GetReply.Stripes.class);
            await().atMost(Duration.ofSeconds(20)).until(dependent::isCompletedExceptionally);
        }
        assertLeftNothing();
    }

    @Test
    void shouldEndALongReplyWhoseReaderThrowsInItsMiddle() {
        AtomicInteger headers = new AtomicInteger();
        byte[] other = TestZone.chunk(2, 4 << 20);
        ChunkKey key = ChunkKey.sha256Of(other);
        List<StripeRecord> records = StripeTransportContract.records(other);
        zone.put(zone.view().get(0), key, records.get(0));
        GetReply reply = join(transport.get(node, key, context(), header -> {
            headers.incrementAndGet();
            return new PayloadTarget(new byte[0], 0, 0);
        }));
        assertNotSent(reply);
        assertThat(headers).hasValue(1);
        assertLeftNothing();
    }

    private void assertLeftNothing() {
        await().atMost(Duration.ofSeconds(20)).until(() -> transport.requestsInFlight() == 0);
        assertThat(join(transport.get(
                        node, KEY, context(), header -> StripeTransportContract.target(header.payloadBytes()))))
                .isInstanceOfSatisfying(
                        GetReply.Stripes.class,
                        stripes -> assertThat(stripes.verified()).hasSize(1));
        // What was broken off is closed; what was not begun stays.
        await().atMost(Duration.ofSeconds(20)).until(() -> proxy.connections() <= 2);
    }

    private static void assertNotSent(GetReply reply) {
        assertThat(reply)
                .isInstanceOfSatisfying(
                        GetReply.Unknown.class,
                        unknown -> assertThat(unknown.cause()).isEqualTo(GetReply.Cause.NOT_SENT));
    }

    private static List<Throwable> failures() {
        return List.of(
                new IllegalStateException("as the test has it"),
                new NoClassDefFoundError("as the test has it"),
                new OutOfMemoryError("as the test has it"),
                new AssertionError("as the test has it"));
    }

    private static RuntimeException unchecked(Throwable failure) {
        if (failure instanceof Error error) {
            throw error;
        }
        return (RuntimeException) failure;
    }
}
