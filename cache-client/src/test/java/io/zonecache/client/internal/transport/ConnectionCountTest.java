package io.zonecache.client.internal.transport;

import static io.zonecache.client.internal.transport.TransportFixture.context;
import static io.zonecache.client.internal.transport.TransportFixture.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.client.TestZone;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.ZoneNode;
import io.zonecache.testkit.proxy.FaultProxy;
import io.zonecache.testkit.proxy.ProxyFault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connections are few: opened when needed, shared by all event loops, closed when nothing uses them. */
final class ConnectionCountTest {

    private static final int NODES = 3;
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    static Path directory;

    private static TestZone zone;
    private final List<FaultProxy> proxies = new ArrayList<>();

    @BeforeAll
    static void startNode() {
        zone = TestZone.start(directory, 1, "4-of-5");
    }

    @AfterAll
    static void stopNode() {
        zone.close();
    }

    @BeforeEach
    void openProxies() {
        String address = zone.view().get(0).address();
        for (int i = 0; i < NODES; i++) {
            proxies.add(FaultProxy.to("127.0.0.1", Integer.parseInt(address.substring(address.lastIndexOf(':') + 1))));
        }
    }

    @AfterEach
    void closeProxies() {
        proxies.forEach(FaultProxy::close);
    }

    @Test
    void shouldNeedOneConnectionToEachNodeHoweverManyEventLoopsAndChunks() {
        try (TransportFixture fixture = new TransportFixture(8, TransportFixture.options(8), null)) {
            assertThat(proxies).allMatch(proxy -> proxy.accepted() == 0);
            for (int i = 0; i < 50; i++) {
                for (ZoneNode node : nodes()) {
                    assertThat(join(fixture.transport.get(node, key(i), context(), header -> null)))
                            .isInstanceOf(GetReply.Missing.class);
                }
            }
            assertThat(proxies).allMatch(proxy -> proxy.accepted() == 1);
            for (FaultProxy proxy : proxies) {
                assertThat(join(fixture.transport.view(proxy.address(), "\"other\"", null, 1_000, 10_000)))
                        .isNotNull();
            }
            assertThat(proxies).allMatch(proxy -> proxy.accepted() == 2);
        }
    }

    @Test
    void shouldOpenNoMoreThanAllowedHoweverManyRequestsComeAtOnce() {
        proxies.forEach(proxy -> proxy.set(new ProxyFault.Lag(5)));
        try (TransportFixture fixture = new TransportFixture(4, TransportFixture.options(3), null)) {
            List<CompletableFuture<GetReply>> replies = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                for (ZoneNode node : nodes()) {
                    replies.add(fixture.transport.get(node, key(i), context(), header -> null));
                }
            }
            replies.forEach(reply -> assertThat(join(reply)).isInstanceOf(GetReply.Missing.class));
            assertThat(proxies).allMatch(proxy -> proxy.accepted() <= 3);
        }
    }

    @Test
    void shouldCloseConnectionsThatCarryNothing() {
        try (TransportFixture fixture = new TransportFixture(2, TransportFixture.options(8, 200), null)) {
            List<CompletableFuture<?>> replies = new ArrayList<>();
            for (ZoneNode node : nodes()) {
                for (int i = 0; i < 20; i++) {
                    replies.add(fixture.transport.get(node, key(i), context(), header -> null));
                }
                replies.add(fixture.transport.view(node.address(), "\"other\"", null, 1_000, 10_000));
            }
            replies.forEach(TransportFixture::join);
            await().atMost(SOON).until(() -> proxies.stream().allMatch(proxy -> proxy.connections() == 0));
            for (ZoneNode node : nodes()) {
                assertThat(join(fixture.transport.get(node, key(1), context(), header -> null)))
                        .isInstanceOf(GetReply.Missing.class);
            }
        }
    }

    @Test
    void shouldKeepTheConnectionOfARequestThatWaitsLongerThanOneMayRest() {
        try (TransportFixture fixture = new TransportFixture(1, TransportFixture.options(8, 100), null)) {
            var view = join(fixture.transport.view(proxies.get(0).address(), null, null, 0, 10_000));
            assertThat(view).isNotNull();
            assertThat(join(fixture.transport.view(
                            proxies.get(0).address(), view.version().etag(), null, 1_000, 10_000)))
                    .isNull();
        }
    }

    private List<ZoneNode> nodes() {
        return proxies.stream()
                .map(proxy -> TransportFixture.node(proxy.address()))
                .toList();
    }

    private static ChunkKey key(long number) {
        return new ChunkKey(number, number * 31, 1, number * 7);
    }
}
