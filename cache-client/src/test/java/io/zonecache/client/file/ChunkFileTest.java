package io.zonecache.client.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.client.ClientConfig;
import io.zonecache.client.FillConfig;
import io.zonecache.client.TestS3;
import io.zonecache.client.TestZone;
import io.zonecache.client.ZoneCache;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.StatRequest;
import io.zonecache.client.origin.StoredObject;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyScheme;
import io.zonecache.testkit.s3.S3Control;
import io.zonecache.testkit.s3.S3Options;
import io.zonecache.testkit.s3.S3Server;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Files through real nodes: one zone for each key scheme, and a real S3 server below. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ChunkFileTest {

    private static final int CHUNK = 64 * 1024;
    private static final Duration LONG = Duration.ofSeconds(20);

    private final S3Server s3 = S3Server.start(S3Options.defaults());
    private TestZone opaque;
    private TestZone sha256;

    @BeforeAll
    void startZones(@TempDir Path directory) throws IOException {
        opaque = TestZone.start(Files.createDirectory(directory.resolve("opaque")), 3, "2-of-3", KeyScheme.OPAQUE);
        sha256 = TestZone.start(Files.createDirectory(directory.resolve("sha256")), 1, "1-of-1");
    }

    @AfterAll
    void stop() {
        opaque.close();
        sha256.close();
        s3.close();
    }

    @Test
    void shouldReadAnExistingObjectThroughTheZoneAndItsRangesFromTheOriginOnce() throws Exception {
        byte[] content = TestZone.chunk(1, 10 * CHUNK + 77);
        StoredObject object = upload("models/some model.bin", content);
        s3.reset();
        try (ZoneCache cache = cache(opaque, true);
                InputStream in = ChunkFile.ofObject(cache, object, CHUNK).stream()) {
            assertThat(in.readAllBytes()).isEqualTo(content);
            cache.whenIdle().join();
        }
        assertThat(s3.counts().gets()).isEqualTo(11);
        try (ZoneCache cache = cache(opaque, true)) {
            ChunkFile file = ChunkFile.ofObject(cache, object, CHUNK);
            Random random = new Random(7);
            for (int run = 0; run < 30; run++) {
                int from = random.nextInt(content.length);
                ByteBuffer target = ByteBuffer.allocate(random.nextInt(3 * CHUNK));
                int expected = Math.min(content.length - from, target.capacity());
                assertThat(file.read(from, target)).as("run %d", run).isEqualTo(expected);
                assertThat(Arrays.copyOf(target.array(), expected))
                        .isEqualTo(Arrays.copyOfRange(content, from, from + expected));
            }
            assertThat(cache.stats().reads().fromOrigin()).isZero();
        }
        assertThat(s3.counts().gets()).isEqualTo(11);
    }

    @Test
    void shouldLearnAnObjectsLengthAndETagFromTheOrigin() throws Exception {
        byte[] content = TestZone.chunk(2, 700_000);
        StoredObject object = upload("learn", content);
        try (ZoneCache cache = cache(opaque, true)) {
            assertThat(cache.stat(object.uri()).join()).isEqualTo(object);
            ChunkFile file = ChunkFile.ofObject(cache, object.uri());
            assertThat(file.chunks()).isEqualTo(2);
            assertThat(file.stream().readAllBytes()).isEqualTo(content);
            assertFails(CacheErrorCode.ABSENT, () -> ChunkFile.ofObject(cache, object.uri() + "-not-there"));
            assertFails(CacheErrorCode.BAD_REQUEST, () -> ChunkFile.ofObject(cache, "s3://" + S3Control.BUCKET));
            assertFails(CacheErrorCode.BAD_REQUEST, () -> ChunkFile.ofObject(cache, ""));
            assertThatThrownBy(cache.stat(object.uri(), "")::join).hasMessageContaining("BAD_REQUEST: object: ");
        }
        try (ZoneCache cache = cache(opaque, false)) {
            assertFails(CacheErrorCode.BAD_REQUEST, () -> ChunkFile.ofObject(cache, object.uri()));
        }
    }

    @Test
    void shouldSayThatAnObjectHasChangedAndNeverMixVersions() throws Exception {
        byte[] before = TestZone.chunk(3, 3 * CHUNK);
        StoredObject object = upload("changing", before);
        try (ZoneCache cache = cache(opaque, true);
                SeekableByteChannel channel = ChunkFile.ofObject(cache, object, CHUNK)
                        .withReadAhead(0)
                        .channel()) {
            channel.read(ByteBuffer.allocate(10));
            upload("changing", TestZone.chunk(4, 3 * CHUNK));
            channel.position(CHUNK);
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(10)))
                    .hasMessageContaining("412")
                    .hasMessageContaining("the object has changed")
                    .cause()
                    .isInstanceOfSatisfying(
                            CacheException.class, e -> assertThat(e.code()).isEqualTo(CacheErrorCode.ABSENT));
            assertThatThrownBy(() -> channel.read(ByteBuffer.allocate(10)))
                    .as("remembered")
                    .hasMessageContaining("bytes " + CHUNK + ".." + (2 * CHUNK - 1) + " of " + object.uri()
                            + " with ETag " + object.etag() + ": not there, or with another ETag, a moment ago");
            ByteBuffer old = ByteBuffer.allocate(CHUNK);
            channel.position(0).read(old);
            assertThat(old.array()).as("what the zone holds stays").isEqualTo(Arrays.copyOf(before, CHUNK));
        }
    }

    @Test
    void shouldSayThatAnObjectHasChangedWhereverAStreamFindsOut() throws Exception {
        StoredObject object = upload("streamed", TestZone.chunk(5, 60 * CHUNK));
        try (ZoneCache cache = cache(sha256, true);
                InputStream in = ChunkFile.ofObject(cache, object, CHUNK).stream()) {
            assertThat(in.readNBytes(CHUNK)).hasSize(CHUNK);
            upload("streamed", TestZone.chunk(6, 60 * CHUNK));
            assertThatThrownBy(in::readAllBytes)
                    .as("of a chunk read ahead")
                    .hasMessageContaining(object.uri())
                    .hasMessageContaining("412")
                    .hasMessageContaining("the object has changed");
        }
    }

    @Test
    void shouldReadAnObjectAndAListOfChunksThroughOneZoneOfEitherScheme() throws Exception {
        byte[] content = TestZone.chunk(5, 2 * CHUNK + 1);
        for (TestZone zone : List.of(sha256, opaque)) {
            StoredObject object = upload("either", content);
            s3.reset();
            try (ZoneCache cache = cache(zone, true)) {
                List<ChunkKey> keys = prime(cache, content);
                assertThat(ChunkFile.ofObject(cache, object, CHUNK).stream().readAllBytes())
                        .isEqualTo(content);
                assertThat(ChunkFile.ofChunks(cache, keys).stream().readAllBytes())
                        .isEqualTo(content);
                cache.whenIdle().join();
            }
            try (ZoneCache cache = cache(zone, false)) {
                assertThat(ChunkFile.ofObject(cache, object, CHUNK).stream().readAllBytes())
                        .isEqualTo(content);
            }
            assertThat(s3.counts().gets()).as("of the ranges, once each").isEqualTo(3);
        }
    }

    @Test
    void shouldReadAListOfChunksInAZoneOfEitherScheme() throws Exception {
        for (TestZone zone : List.of(sha256, opaque)) {
            byte[] content = TestZone.chunk(6, 5 * CHUNK + 1);
            try (ZoneCache cache = cache(zone, false)) {
                List<ChunkKey> keys = prime(cache, content);
                ChunkFile file = ChunkFile.ofChunks(cache, keys);
                assertThat(file.lengthBytes()).isEqualTo(content.length);
                assertThat(file.stream().readAllBytes()).isEqualTo(content);
                assertThat(ChunkFile.ofChunks(cache, keys, CHUNK, content.length).stream()
                                .readAllBytes())
                        .isEqualTo(content);
                assertThat(ChunkFile.ofChunks(cache, List.of()).stream().read()).isEqualTo(-1);
                assertThatThrownBy(() -> ChunkFile.ofChunks(cache, keys, CHUNK, 5 * CHUNK))
                        .hasMessage("keys: 6 (expected: 5 for 327680 bytes in chunks of 65536)");
            }
        }
    }

    @Test
    void shouldCheckAListsChunksItselfWhereTheZoneDoesNot() throws Exception {
        try (ZoneCache cache = cache(opaque, false)) {
            ChunkKey key = ChunkKey.sha256Of(TestZone.chunk(7, 1_000));
            cache.prime(key, TestZone.chunk(8, 1_000)).join();
            ChunkFile file = ChunkFile.ofChunks(cache, List.of(key), 1_000, 1_000);
            assertThatThrownBy(() -> file.stream().read())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("(expected: its key)");
        }
    }

    @Test
    void shouldServeManyThreadsThatBlockVirtualOnesWhereThereAreAny() throws Exception {
        byte[] content = TestZone.chunk(9, 20 * CHUNK);
        try (ZoneCache cache = cache(opaque, false)) {
            ChunkFile file = ChunkFile.ofChunks(cache, prime(cache, content), CHUNK, content.length);
            Executor threads = virtualThreads();
            List<FutureTask<byte[]>> readers = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                FutureTask<byte[]> reader = new FutureTask<>(() -> {
                    try (InputStream in = file.stream()) {
                        return in.readAllBytes();
                    }
                });
                readers.add(reader);
                threads.execute(reader);
            }
            for (FutureTask<byte[]> reader : readers) {
                assertThat(reader.get()).isEqualTo(content);
            }
        }
    }

    private static Executor virtualThreads() throws ReflectiveOperationException {
        if (Runtime.version().feature() < 21) {
            return Executors.newCachedThreadPool();
        }
        return (Executor)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }

    private static List<ChunkKey> prime(ZoneCache cache, byte[] content) {
        List<ChunkKey> keys = new ArrayList<>();
        for (int from = 0; from < content.length; from += CHUNK) {
            byte[] chunk = Arrays.copyOfRange(content, from, Math.min(content.length, from + CHUNK));
            keys.add(ChunkKey.sha256Of(chunk));
            assertThat(cache.prime(keys.get(keys.size() - 1), chunk).join().isComplete())
                    .isTrue();
        }
        return keys;
    }

    @Test
    void shouldOpenAnObjectThatHasChangedSinceItWasRemembered() throws Exception {
        StoredObject before = upload("changing", TestZone.chunk(40, 3 * CHUNK));
        try (ZoneCache cache = cache(sha256, true)) {
            assertThat(cache.stat(before.uri()).join()).isEqualTo(before);
            byte[] now = TestZone.chunk(41, 2 * CHUNK + 7);
            s3.put("changing", now);
            s3.reset();
            assertThat(cache.stat(before.uri()).join()).as("remembered").isEqualTo(before);
            ChunkFile file = ChunkFile.ofObject(cache, before.uri());
            assertThat(file.lengthBytes()).isEqualTo(now.length);
            try (InputStream in = file.stream()) {
                assertThat(in.readAllBytes()).isEqualTo(now);
            }
            assertThat(s3.counts().others()).as("HEADs").isEqualTo(1);
        }
    }

    private static void assertFails(CacheErrorCode code, Callable<?> call) {
        assertThatThrownBy(call::call)
                .isInstanceOf(IOException.class)
                .cause()
                .isInstanceOfSatisfying(
                        CacheException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private StoredObject upload(String name, byte[] content) {
        try (Origin origin = origin()) {
            String uri = "s3://" + S3Control.BUCKET + "/" + name;
            s3.put(name, content);
            return origin.stat(StatRequest.of(uri, 20_000)).join();
        }
    }

    private Origin origin() {
        return TestS3.origin(s3.endpoint(), "chunks");
    }

    private ZoneCache cache(TestZone zone, boolean withOrigin) {
        @Nullable Origin origin = withOrigin ? origin() : null;
        return ZoneCache.builder()
                .config(ClientConfig.builder()
                        .nodes(zone.addresses())
                        .readDeadline(LONG)
                        .fill(FillConfig.singleAttempt())
                        .build())
                .origin(origin)
                .build();
    }
}
