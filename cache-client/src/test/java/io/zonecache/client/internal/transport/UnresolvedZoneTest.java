package io.zonecache.client.internal.transport;

import static io.zonecache.client.internal.transport.TransportFixture.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Future;
import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.memory.MemoryBudgetTest;
import io.zonecache.client.internal.node.NodeListener;
import io.zonecache.client.internal.node.NodeTracker;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.read.DecodingThreads;
import io.zonecache.client.internal.read.NodeFinding;
import io.zonecache.client.internal.read.OverRequestReader;
import io.zonecache.client.internal.read.ReadListener;
import io.zonecache.client.internal.read.ReadOptions;
import io.zonecache.client.internal.read.ZoneRead;
import io.zonecache.client.internal.read.ZoneRead.Basis;
import io.zonecache.client.internal.time.StallAwareClock;
import io.zonecache.client.internal.time.SystemTimer;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.NodeState;
import io.zonecache.model.Placement;
import io.zonecache.model.ViewJson;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneSettings;
import io.zonecache.model.ZoneView;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A zone none of whose names is found, over the real transport: it is gone as a silent one is, and nothing is known of its stripes. */
final class UnresolvedZoneTest {

    private static final Duration LONG = Duration.ofSeconds(60);
    private static final ChunkKey KEY = new ChunkKey(1, 2, 3, 4);

    private volatile boolean isFound;

    @Test
    void shouldCallAZoneUnreachableWhoseNamesAreNotFoundUntilTheyAre() {
        TransportOptions options = new TransportOptions(4, 1_024, 200, 20_000, 1 << 20, "test");
        try (HostileServer server = new HostileServer(UnresolvedZoneTest::answerNotFound);
                TransportFixture fixture = new TransportFixture(1, options, host -> lookUp());
                SystemTimer timer = new SystemTimer("test-timer")) {
            StallAwareClock clock = new StallAwareClock(timer::nanoTime, 100);
            NodeTracker tracker = new NodeTracker(timer, clock, NodeListener.NONE);
            fixture.transport.watchLoops(clock);
            fixture.transport.onContact(tracker);
            KnownView view = view(server.port());
            try (OverRequestReader reader = new OverRequestReader(
                    fixture.transport,
                    () -> view,
                    tracker,
                    timer,
                    new Random(1),
                    ReadOptions.DEFAULT,
                    MemoryBudgetTest.ample().reads(),
                    new Unheard(),
                    new DecodingThreads(Runnable::run, Runnable::run),
                    ChunkCodec.DEFAULT)) {
                assertThat(basis(reader, timer)).isEqualTo(Basis.ZONE_UNREACHABLE);
                isFound = true;
                // By the probes of reads, one a second.
                await().atMost(LONG).until(() -> basis(reader, timer) == Basis.PROVEN);
                assertThat(tracker.isZoneSilent()).isFalse();
            }
        }
    }

    private static Basis basis(OverRequestReader reader, SystemTimer timer) {
        ChunkRead read = reader.begin(ChunkName.of(KEY), null, timer.nanoTime() + TimeUnit.SECONDS.toNanos(60));
        ZoneRead found = join(reader.read(read));
        assertThat(found).isInstanceOf(ZoneRead.Miss.class);
        return ((ZoneRead.Miss) found).basis();
    }

    private Future<List<InetAddress>> lookUp() {
        return isFound
                ? Future.succeededFuture(List.of(InetAddress.getLoopbackAddress()))
                : Future.failedFuture(new UnknownHostException("node.test"));
    }

    private static void answerNotFound(OutputStream out) throws Exception {
        String problem = "{\"code\":\"NOT_FOUND\",\"detail\":\"none\"}";
        out.write(HostileServer.ascii("HTTP/1.1 404 X\r\nContent-Type: application/problem+json\r\nContent-Length: "
                + problem.length() + "\r\n\r\n" + problem));
        out.flush();
    }

    private static KnownView view(int port) {
        List<ZoneNode> nodes = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            nodes.add(new ZoneNode("n" + i, "n" + i + ".test:" + port, "d" + i, 1, NodeState.UP));
        }
        ZoneSettings settings = new ZoneSettings("test", 1, KeyScheme.SHA256, CodeSpec.parse("4-of-5"), 5, 64, 4, 100);
        ZoneView zone = new ZoneView(settings, 1_000, nodes);
        return new KnownView(ViewJson.encode(zone), new Placement(zone));
    }

    private static final class Unheard implements ReadListener {

        @Override
        public void hit(ChunkKey key) {}

        @Override
        public void repairable(ChunkName name, ByteBuffer chunk, CodeSpec code, List<NodeFinding> findings) {}
    }
}
