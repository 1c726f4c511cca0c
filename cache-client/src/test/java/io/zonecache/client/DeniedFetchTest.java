package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginDeniedException;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.s3.S3Options;
import io.zonecache.testkit.s3.S3Server;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Clients that S3 answers 403, beside one that has the right: real nodes and a real S3 server. */
@Tag("slow")
final class DeniedFetchTest {

    private static final int CHUNK = 100_000;
    private static final int OTHERS = 7;
    private static final long OFFERS = 4;
    private static final Duration LESS_THAN_THE_BACK_OFF = Duration.ofMillis(900);
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    static Path directory;

    private static TestZone zone;
    private static S3Server s3;

    private final List<ZoneCache> caches = new ArrayList<>();

    @BeforeAll
    static void start() {
        s3 = S3Server.start(S3Options.defaults());
        zone = TestZone.start(directory, 6, "4-of-5");
    }

    @AfterAll
    static void stop() {
        zone.close();
        s3.close();
    }

    @AfterEach
    void closeClients() {
        caches.forEach(ZoneCache::close);
    }

    @Test
    void shouldLeaveTheChunkToAClientThatHasTheRight() throws Exception {
        byte[] chunk = TestZone.chunk(1, CHUNK);
        ChunkKey key = stored(chunk);
        ZoneCache denied = cache(TestS3.unsigned(s3.endpoint()));

        assertThatThrownBy(denied.get(key)::join).satisfies(DeniedFetchTest::assertDenied);
        assertThat(s3.counts().gets()).isEqualTo(1);
        assertThat(cache(TestS3.origin(s3.endpoint(), "")).get(key).join().toBytes())
                .isEqualTo(chunk);
        assertThat(s3.counts().gets()).isEqualTo(2);
        await().atMost(LONG)
                .untilAsserted(
                        () -> assertThat(denied.get(key).join().toBytes()).isEqualTo(chunk));
        assertThat(s3.counts().gets())
                .as("the zone serves the denied client too")
                .isEqualTo(2);
    }

    @Test
    void shouldOfferTheLeaseToThreeMoreClientsAndThenBackOff() throws Exception {
        byte[] held = TestZone.chunk(3, CHUNK);
        zone.fill(held);
        ChunkKey key = stored(TestZone.chunk(2, CHUNK));
        List<ZoneCache> others = new ArrayList<>();
        for (int i = 0; i < OTHERS; i++) {
            others.add(cache(TestS3.unsigned(s3.endpoint())));
        }
        for (ZoneCache other : others) {
            other.get(ChunkKey.sha256Of(held)).join();
        }
        ZoneCache first = cache(TestS3.unsigned(s3.endpoint()));
        assertThatThrownBy(first.get(key)::join).satisfies(DeniedFetchTest::assertDenied);

        List<CompletableFuture<Chunk>> reads = others.stream()
                .map(other -> other.get(key, LESS_THAN_THE_BACK_OFF))
                .toList();
        for (CompletableFuture<Chunk> read : reads) {
            assertThatThrownBy(read::join)
                    .satisfies(failure -> assertThat(codeOf(failure))
                            .as("%s", failure)
                            .isNotIn(CacheErrorCode.ABSENT, CacheErrorCode.NOT_FOUND));
        }
        assertThat(s3.counts().gets()).as("the first one's, and others'").isBetween(2L, OFFERS);
    }

    private static void assertDenied(Throwable failure) {
        assertThat(failure.getCause()).isInstanceOf(OriginDeniedException.class);
        assertThat(failure)
                .hasMessageContaining("403 AccessDenied")
                .hasMessageContaining("the credentials need s3:GetObject");
    }

    private static CacheErrorCode codeOf(Throwable failure) {
        return Futures.asCacheException(failure).code();
    }

    private static ChunkKey stored(byte[] chunk) {
        ChunkKey key = ChunkKey.sha256Of(chunk);
        try (Origin origin = TestS3.origin(s3.endpoint(), "")) {
            origin.store(key, ByteBuffer.wrap(chunk), LONG.toMillis()).join();
        }
        s3.reset();
        return key;
    }

    private ZoneCache cache(Origin origin) {
        ClientConfig config = ClientConfig.builder()
                .nodes(zone.addresses())
                .eventLoops(1)
                .readDeadline(Duration.ofSeconds(20))
                .build();
        ZoneCache cache = ZoneCache.builder().config(config).origin(origin).build();
        caches.add(cache);
        return cache;
    }
}
