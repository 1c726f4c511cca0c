package io.zonecache.client.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.zonecache.client.TestZone;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real node. */
final class VertxStripeTransportTest extends StripeTransportContract {

    @TempDir
    static Path directory;

    private static TestZone zone;
    private static Vertx vertx;

    private VertxStripeTransport transport;

    @BeforeAll
    static void startNode() {
        zone = TestZone.start(directory, 1, CODE.data() + "-of-" + CODE.stripes());
        vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(2));
    }

    @AfterAll
    static void stopNode() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
        zone.close();
    }

    @BeforeEach
    void open() {
        transport = new VertxStripeTransport(vertx, 2, TransportOptions.defaults("zonecache/test (00000000)"));
    }

    @AfterEach
    void close() {
        transport.close();
    }

    @Override
    StripeTransport transport() {
        return transport;
    }

    @Override
    ZoneNode node() {
        return zone.view().get(0);
    }

    @Override
    ZoneNode nobody() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return node("nobody", "127.0.0.1:" + socket.getLocalPort());
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Override
    <T> T get(CompletableFuture<T> future) {
        return future.orTimeout(60, TimeUnit.SECONDS).join();
    }

    @Test
    void shouldRunOnNativeTransport() {
        assertThat(vertx.isNativeTransportEnabled()).isTrue();
    }

    @Test
    void shouldCarryTheLargestChunkWhole() {
        byte[] chunk = TestZone.chunk(8, StripeRecord.MAX_CHUNK_BYTES);
        ChunkKey key = ChunkKey.sha256Of(chunk);
        StripeRecord record = records(chunk).get(1);
        assertThat(get(transport.put(node(), key, CONTEXT, List.of(record)))).isEqualTo(new PutReply.Acknowledged());
        assertHolds(key, record);
    }

    @Test
    void shouldRefuseAnAddressThatIsNone() {
        for (String address : new String[] {"nowhere", "host:", "host:x", "host:99999", ":1"}) {
            GetReply reply =
                    get(transport.get(node("odd", address), new ChunkKey(1, 2, 3, 4), CONTEXT, header -> null));
            assertThat(reply).as(address).isNotInstanceOf(GetReply.Missing.class);
            assertThat(reply).isNotInstanceOf(GetReply.Stripes.class);
        }
    }
}
