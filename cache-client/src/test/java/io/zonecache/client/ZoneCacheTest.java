package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.zonecache.client.origin.FetchRequest;
import io.zonecache.client.origin.Origin;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.ZoneNode;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client as workers see it, against real nodes over real sockets. */
final class ZoneCacheTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    static Path directory;

    private static TestZone zone;

    @BeforeAll
    static void startZone() {
        zone = TestZone.start(directory, 6, "4-of-5");
    }

    @AfterAll
    static void stopZone() {
        zone.close();
    }

    /** Chunks in memory, counted. */
    private static final class MemoryOrigin implements Origin {
        private final Map<ChunkKey, byte[]> chunks = new ConcurrentHashMap<>();
        private final AtomicInteger fetches = new AtomicInteger();
        private final AtomicInteger closes = new AtomicInteger();

        @Override
        public CompletableFuture<byte[]> fetch(FetchRequest request) {
            fetches.incrementAndGet();
            byte[] chunk = chunks.get(request.key());
            return chunk != null
                    ? CompletableFuture.completedFuture(chunk)
                    : CompletableFuture.failedFuture(new CacheException(CacheErrorCode.ABSENT, request.target()));
        }

        @Override
        public CompletableFuture<Void> store(ChunkKey key, ByteBuffer chunk, long timeoutMillis) {
            byte[] bytes = new byte[chunk.remaining()];
            chunk.duplicate().get(bytes);
            chunks.put(key, bytes);
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public String describe() {
            return "memory";
        }

        @Override
        public void close() {
            closes.incrementAndGet();
        }
    }

    /** Thousands of workers start at once, and most rest most of the time. */
    @Test
    void shouldOpenConnectionsOnlyWhenTheyAreNeededAndFewOfThem() {
        await().atMost(Duration.ofSeconds(60)).until(() -> connections() == 0);
        ClientConfig manyLoops = config().eventLoops(8).localCacheBytes(0).build();
        try (ZoneCache cache = ZoneCache.builder().config(manyLoops).build()) {
            cache.whenReady().join();
            // The view's: asked of each seed once, and then held at one node.
            assertThat(connections()).isLessThanOrEqualTo(zone.view().size() + 1);
            for (int i = 0; i < 50; i++) {
                byte[] chunk = TestZone.chunk(i, 10_000);
                zone.fill(chunk);
                assertThat(cache.get(ChunkKey.sha256Of(chunk)).join().toBytes()).isEqualTo(chunk);
                // Answers that come too late for a read keep their connection until they end.
                await().atMost(LONG).until(() -> busyConnections() <= 1);
            }
            // One to each node for stripes, and those for the view.
            assertThat(connections()).isLessThanOrEqualTo(2 * zone.view().size() + 1);
        }
    }

    private static int busyConnections() {
        return zone.view().stream()
                .mapToInt(node -> zone.node(node).connectionCounts().busy())
                .sum();
    }

    private static int connections() {
        return zone.view().stream()
                .mapToInt(node -> zone.node(node).connections())
                .sum();
    }

    @Test
    void shouldReadAChunkOfTheZone() {
        for (int bytes : new int[] {1, 3, 4, 5, 1_000, 65_537, 512 * 1024, 3 * 1024 * 1024 + 1}) {
            byte[] chunk = TestZone.chunk(bytes, bytes);
            zone.fill(chunk);
            try (ZoneCache cache = cache(null)) {
                Chunk read = cache.get(ChunkKey.sha256Of(chunk)).join();
                assertThat(read.toBytes()).isEqualTo(chunk);
                assertThat(read.length()).isEqualTo(bytes);
                assertThat(read.buffer()).isEqualTo(ByteBuffer.wrap(chunk));
                assertThat(read.buffer().isReadOnly()).isTrue();
                assertThat(cache.stats().reads().fromZone()).isEqualTo(1);
            }
        }
    }

    @Test
    void shouldReadForThreadsThatBlockAndIntoTheirBuffers() throws Exception {
        byte[] chunk = TestZone.chunk(12, 10_000);
        zone.fill(chunk);
        ChunkKey key = ChunkKey.sha256Of(chunk);
        try (ZoneCache cache = cache(null)) {
            assertThat(cache.read(key).toBytes()).isEqualTo(chunk);
            ByteBuffer target = ByteBuffer.allocateDirect(10_010).position(10);
            assertThat(cache.read(key, target)).isEqualTo(10_000);
            assertThat(target.position()).isEqualTo(10_010);
            assertThat(target.position(10)).isEqualTo(ByteBuffer.wrap(chunk));
            assertThatThrownBy(() -> cache.read(key, ByteBuffer.allocate(9_999)))
                    .isInstanceOf(BufferOverflowException.class);
            assertThatThrownBy(() -> cache.read(new ChunkKey(1, 2, 3, 4)))
                    .isInstanceOfSatisfying(
                            CacheException.class, e -> assertThat(e.code()).isEqualTo(CacheErrorCode.NOT_FOUND));
        }
    }

    @Test
    void shouldEndABlockingReadWhenInterruptedAndRefuseItOnItsOwnThreads() throws Exception {
        ChunkKey key = new ChunkKey(1, 2, 3, 4);
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                ZoneCache cache = ZoneCache.builder()
                        .config(ClientConfig.builder()
                                .nodes(List.of("127.0.0.1:" + silent.getLocalPort()))
                                .readDeadline(Duration.ofSeconds(1))
                                .build())
                        .build()) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> cache.read(key)).isInstanceOf(InterruptedException.class);
            await().atMost(LONG).until(() -> cache.stats().reads().cancelled() == 1);
            // Ends at its deadline, so on a thread of the cache.
            CompletableFuture<Chunk> nested = cache.get(key).handle((chunk, failure) -> {
                try {
                    return cache.read(key);
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            assertThatThrownBy(nested::join)
                    .hasRootCauseInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("expected: one that may block");
        }
    }

    @Test
    void shouldServeTheSecondReadFromItsOwnMemory() {
        byte[] chunk = TestZone.chunk(11, 100_000);
        zone.fill(chunk);
        try (ZoneCache cache = cache(null)) {
            ChunkKey key = ChunkKey.sha256Of(chunk);
            assertThat(cache.get(key).join().toBytes()).isEqualTo(chunk);
            assertThat(cache.get(key).join().toBytes()).isEqualTo(chunk);
            assertThat(cache.stats().reads().fromLocal()).isEqualTo(1);
            assertThat(cache.stats().memory().localBytes()).isBetween(100_000L, 101_000L);
        }
    }

    @Test
    void shouldReadManyChunksAtOnce() {
        List<byte[]> chunks = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            chunks.add(TestZone.chunk(1_000 + i, 200_000));
            zone.fill(chunks.get(i));
        }
        try (ZoneCache cache = cache(null)) {
            List<CompletableFuture<Chunk>> reads = chunks.stream()
                    .map(chunk -> cache.get(ChunkKey.sha256Of(chunk), LONG))
                    .toList();
            for (int i = 0; i < reads.size(); i++) {
                assertThat(reads.get(i).join().toBytes()).isEqualTo(chunks.get(i));
            }
            assertThat(cache.stats().reads().fromZone()).isEqualTo(60);
            assertThat(cache.stats().reads().inFlight()).isZero();
        }
    }

    @Test
    void shouldFillTheZoneFromTheOriginAndReadItFromTheZoneThen() {
        byte[] chunk = TestZone.chunk(21, 512 * 1024);
        ChunkKey key = ChunkKey.sha256Of(chunk);
        MemoryOrigin origin = new MemoryOrigin();
        origin.chunks.put(key, chunk);
        try (ZoneCache first = cache(origin)) {
            assertThat(first.get(key, LONG).join().toBytes()).isEqualTo(chunk);
            first.whenIdle().join();
            assertThat(first.stats().reads().fromOrigin()).isEqualTo(1);
        }
        assertThat(origin.closes).hasValue(1);
        try (ZoneCache second = cache(null)) {
            assertThat(second.get(key).join().toBytes()).isEqualTo(chunk);
            assertThat(second.stats().reads().fromZone()).isEqualTo(1);
        }
        assertThat(origin.fetches).hasValue(1);
    }

    @Test
    void shouldAskTheOriginOnceForManyReadersOfOneKey() {
        byte[] chunk = TestZone.chunk(22, 100_000);
        ChunkKey key = ChunkKey.sha256Of(chunk);
        MemoryOrigin origin = new MemoryOrigin();
        origin.chunks.put(key, chunk);
        try (ZoneCache cache = cache(origin)) {
            List<CompletableFuture<Chunk>> reads = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                reads.add(cache.get(key, LONG));
            }
            reads.forEach(read -> assertThat(read.join().toBytes()).isEqualTo(chunk));
            assertThat(origin.fetches).hasValue(1);
        }
    }

    @Test
    void shouldSayNotFoundWithoutAnOriginAndAbsentWithOne() {
        ChunkKey key = ChunkKey.sha256Of(TestZone.chunk(31, 10));
        try (ZoneCache cache = cache(null)) {
            assertFails(CacheErrorCode.NOT_FOUND, () -> cache.get(key).join());
            assertThat(cache.stats().reads().absent()).isEqualTo(1);
        }
        try (ZoneCache cache = cache(new MemoryOrigin())) {
            assertFails(CacheErrorCode.ABSENT, () -> cache.get(key, LONG).join());
        }
    }

    @Test
    void shouldPrimeTheZoneWithoutAnOrigin() {
        byte[] chunk = TestZone.chunk(41, 300_001);
        ChunkKey key = ChunkKey.sha256Of(chunk);
        try (ZoneCache cache = cache(null)) {
            assertThat(cache.prime(key, chunk).join().isComplete()).isTrue();
            assertThat(cache.get(key).join().toBytes()).isEqualTo(chunk);
            assertFails(
                    CacheErrorCode.KEY_MISMATCH,
                    () -> cache.prime(new ChunkKey(1, 2, 3, 4), chunk).join());
        }
    }

    @Test
    void shouldWaitForStripesOnTheirWayToNodesWhenItCloses() {
        byte[] chunk = TestZone.chunk(42, 3 * 1024 * 1024);
        ChunkKey key = ChunkKey.sha256Of(chunk);
        CompletableFuture<PrimeResult> primed;
        try (ZoneCache cache = cache(null)) {
            cache.whenReady().join();
            primed = cache.prime(key, chunk);
        }
        assertThat(primed).isCompleted();
        assertThat(primed.join().isComplete()).isTrue();
    }

    @Test
    void shouldRepairAStripeThatANodeLost() {
        byte[] chunk = TestZone.chunk(51, 400_000);
        ChunkKey key = ChunkKey.sha256Of(chunk);
        zone.fill(chunk);
        ZoneNode loser = zone.placement(key).get(2);
        zone.node(loser).store().drop(key);
        try (ZoneCache cache = cache(null, 0)) {
            await().atMost(LONG).untilAsserted(() -> {
                assertThat(cache.get(key).join().toBytes()).isEqualTo(chunk);
                assertThat(zone.node(loser).store().holds(key)).isTrue();
            });
        }
    }

    @Test
    void shouldGoToTheOriginWhenNoNodeAnswersAtStart() throws Exception {
        byte[] chunk = TestZone.chunk(61, 1_000);
        ChunkKey key = ChunkKey.sha256Of(chunk);
        MemoryOrigin origin = new MemoryOrigin();
        origin.chunks.put(key, chunk);
        try (ZoneCache cache = ZoneCache.builder()
                .config(ClientConfig.builder()
                        .nodes(List.of("127.0.0.1:" + freePort()))
                        .build())
                .origin(origin)
                .build()) {
            assertThat(cache.get(key, LONG).join().toBytes()).isEqualTo(chunk);
            assertThat(cache.view()).isEmpty();
        }
    }

    @Test
    void shouldEndWaitingReadsWithClosedWhenItCloses() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            ZoneCache cache = ZoneCache.builder()
                    .config(ClientConfig.builder()
                            .nodes(List.of("127.0.0.1:" + silent.getLocalPort()))
                            .build())
                    .build();
            List<CompletableFuture<Chunk>> reads = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                reads.add(cache.get(new ChunkKey(i, 2, 3, 4)));
            }
            cache.close();
            reads.forEach(read -> assertFails(CacheErrorCode.CLOSED, read::join));
            assertFails(
                    CacheErrorCode.CLOSED,
                    () -> cache.get(new ChunkKey(1, 2, 3, 4)).join());
            cache.close();
        }
    }

    @Test
    void shouldEndAReadAtItsOwnDeadlineAndLetCancelledOnesGo() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                ZoneCache cache = ZoneCache.builder()
                        .config(ClientConfig.builder()
                                .nodes(List.of("127.0.0.1:" + silent.getLocalPort()))
                                .build())
                        .build()) {
            ChunkKey key = new ChunkKey(1, 2, 3, 4);
            CompletableFuture<Chunk> cancelled = cache.get(key);
            assertThatThrownBy(cache.get(key, Duration.ofMillis(50))::join)
                    .hasMessageContaining("DEADLINE_EXCEEDED: chunk " + key + ": not read within 50 ms; last failure:"
                            + " ZONE_UNCERTAIN: chunk " + key
                            + ": no node of the zone has answered yet (expected: one)");
            assertThat(cancelled.cancel(true)).isTrue();
            await().atMost(LONG).untilAsserted(() -> {
                assertThat(cache.stats().reads().inFlight()).isZero();
                assertThat(cache.stats().reads().cancelled()).isEqualTo(1);
                assertThat(cache.stats().reads().failed()).isEqualTo(1);
            });
        }
    }

    @Test
    void shouldRefuseMoreReadsThanItMayHave() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                ZoneCache cache = ZoneCache.builder()
                        .config(ClientConfig.builder()
                                .nodes(List.of("127.0.0.1:" + silent.getLocalPort()))
                                .maxReads(3)
                                .maxZoneReads(3)
                                .build())
                        .build()) {
            for (int i = 0; i < 3; i++) {
                assertThat(cache.get(new ChunkKey(i, 0, 0, 0))).isNotDone();
            }
            assertFails(
                    CacheErrorCode.BUSY,
                    () -> cache.get(new ChunkKey(9, 0, 0, 0)).join());
            assertThat(cache.stats().reads().refused()).isEqualTo(1);
        }
    }

    private static ZoneCache cache(@Nullable Origin origin) {
        return cache(origin, 64L << 20);
    }

    private static ZoneCache cache(@Nullable Origin origin, long localCacheBytes) {
        return ZoneCache.builder()
                .config(config().localCacheBytes(localCacheBytes).build())
                .origin(origin)
                .build();
    }

    /** Of a client that is told of two nodes and learns of the others. */
    private static ClientConfig.Builder config() {
        return ClientConfig.builder()
                .nodes(zone.addresses().subList(0, 2))
                .zone("test")
                .readDeadline(LONG);
    }

    private static void assertFails(CacheErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOf(CompletionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        CacheException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static int freePort() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
