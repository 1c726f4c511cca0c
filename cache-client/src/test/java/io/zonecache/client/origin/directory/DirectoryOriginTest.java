package io.zonecache.client.origin.directory;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginContract;
import io.zonecache.client.origin.OriginOptions;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
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

final class DirectoryOriginTest extends OriginContract {

    private final List<Origin> opened = new ArrayList<>();

    @TempDir
    Path directory = Path.of("set by JUnit");

    private Origin origin = new DirectoryOrigin(directory, OriginOptions.defaults());

    @BeforeEach
    void open() {
        origin = open(directory, OriginOptions.defaults());
    }

    @AfterEach
    void close() {
        opened.forEach(Origin::close);
    }

    private Origin open(Path path, OriginOptions options) {
        Origin added = new DirectoryOrigin(path, options);
        opened.add(added);
        return added;
    }

    @Override
    protected Origin origin() {
        return origin;
    }

    @Override
    protected Origin originOf(int maxChunkBytes) {
        return open(
                directory, OriginOptions.builder().maxChunkBytes(maxChunkBytes).build());
    }

    @Override
    protected Origin missingPlace() {
        return open(directory.resolve("no/such/directory"), OriginOptions.defaults());
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
        ChunkKey key = ChunkKey.sha256Of(chunk);
        await(origin.store(key, ByteBuffer.wrap(chunk), TIMEOUT_MILLIS));
        try (Stream<Path> files = Files.walk(directory)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(path -> path.getFileName().toString()))
                    .containsExactly(key.toHex());
        }
    }

    @Test
    void shouldMakeItsDirectoryWhenItStores() throws Exception {
        byte[] chunk = chunk(1, 1_000);
        ChunkKey key = ChunkKey.sha256Of(chunk);
        Origin fresh = open(directory.resolve("made/on/the/way"), OriginOptions.defaults());
        await(fresh.store(key, ByteBuffer.wrap(chunk), TIMEOUT_MILLIS));
        assertThat(await(fresh.fetch(key, TIMEOUTS))).isEqualTo(chunk);
    }

    @Test
    void shouldNotTakeADirectoryForAnAbsentChunk() throws Exception {
        ChunkKey key = ChunkKey.sha256Of(chunk(1, 10));
        Files.createDirectories(directory.resolve(key.toHex().substring(0, 2)).resolve(key.toHex()));
        assertThat(failure(origin.fetch(key, TIMEOUTS)).code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
    }

    @Test
    void shouldNotTakeAFileInTheWayForAnAbsentChunk() throws Exception {
        ChunkKey key = ChunkKey.sha256Of(chunk(1, 10));
        Files.writeString(directory.resolve(key.toHex().substring(0, 2)), "in the way");
        assertThat(failure(origin.fetch(key, TIMEOUTS)).code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        assertThat(failure(origin.store(key, ByteBuffer.allocate(3), TIMEOUT_MILLIS))
                        .code())
                .isEqualTo(CacheErrorCode.ORIGIN_FAILED);
    }
}
