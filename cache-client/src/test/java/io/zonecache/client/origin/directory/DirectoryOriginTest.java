package io.zonecache.client.origin.directory;

import static io.zonecache.testkit.origin.OriginCalls.TIMEOUT_MILLIS;
import static io.zonecache.testkit.origin.OriginCalls.await;
import static io.zonecache.testkit.origin.OriginCalls.chunk;
import static io.zonecache.testkit.origin.OriginCalls.failure;
import static io.zonecache.testkit.origin.OriginCalls.fetch;
import static io.zonecache.testkit.origin.OriginCalls.store;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginLimits;
import io.zonecache.client.origin.Origins;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.origin.OriginContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DirectoryOriginTest extends OriginContract {

    private final List<Origin> opened = new ArrayList<>();

    @TempDir
    Path directory = Path.of("set by JUnit");

    private Origin origin = new DirectoryOrigin(directory, OriginLimits.DEFAULT);

    @BeforeEach
    void open() {
        origin = open(directory, OriginLimits.DEFAULT);
    }

    @AfterEach
    void close() {
        opened.forEach(Origin::close);
    }

    private Origin open(Path path, OriginLimits limits) {
        Origin added = new DirectoryOrigin(path, limits);
        opened.add(added);
        return added;
    }

    @Override
    protected Origin origin() {
        return origin;
    }

    @Override
    protected Origin originOf(int maxChunkBytes) {
        return open(directory, OriginLimits.DEFAULT.withMaxChunkBytes(maxChunkBytes));
    }

    @Override
    protected Origin missingPlace() {
        return open(directory.resolve("no/such/directory"), OriginLimits.DEFAULT);
    }

    @Override
    protected void plant(ChunkKey key, byte[] bytes) {
        try {
            Path parent = Files.createDirectories(directory.resolve(key.toHex().substring(0, 2)));
            Files.write(parent.resolve(key.toHex()), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldLeaveNothingButTheChunkBehind() throws Exception {
        byte[] chunk = chunk(1, 1_000);
        ChunkKey key = store(origin, chunk);
        try (Stream<Path> files = Files.walk(directory)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(path -> path.getFileName().toString()))
                    .containsExactly(key.toHex());
        }
    }

    @Test
    void shouldMakeItsDirectoryWhenItStores() throws Exception {
        byte[] chunk = chunk(1, 1_000);
        Origin fresh = open(directory.resolve("made/on/the/way"), OriginLimits.DEFAULT);
        ChunkKey key = store(fresh, chunk);
        assertThat(await(fetch(fresh, key))).isEqualTo(chunk);
    }

    @Test
    void shouldNotTakeADirectoryForAnAbsentChunk() throws Exception {
        ChunkKey key = ChunkKey.sha256Of(chunk(1, 10));
        Files.createDirectories(directory.resolve(key.toHex().substring(0, 2)).resolve(key.toHex()));
        assertThat(failure(fetch(origin, key)).code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
    }

    @Test
    void shouldNotTakeAFileInTheWayForAnAbsentChunk() throws Exception {
        ChunkKey key = ChunkKey.sha256Of(chunk(1, 10));
        Files.writeString(directory.resolve(key.toHex().substring(0, 2)), "in the way");
        assertThat(failure(fetch(origin, key)).code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        assertThat(failure(origin.store(key, ByteBuffer.allocate(3), TIMEOUT_MILLIS))
                        .code())
                .isEqualTo(CacheErrorCode.ORIGIN_FAILED);
    }

    @Test
    void shouldBeFoundByItsLocation() {
        for (String location : List.of("file:" + directory, "file://" + directory)) {
            try (Origin found = Origins.parse(location)) {
                assertThat(found.describe()).isEqualTo("file:" + directory);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"file:", "file://", "file:\0"})
    void shouldRejectALocationThatNamesNoDirectory(String location) {
        assertThatThrownBy(() -> Origins.parse(location))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("location: \"" + location + "\" (expected: file:DIR)");
    }
}
