package io.zonecache.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.oracle.ChunkOracle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoInputTest {

    private static final int CHUNK = DemoInput.CHUNK_BYTES;

    @TempDir
    private Path directory;

    @Test
    void shouldCutFilesIntoChunksNamedByTheirContent() throws IOException {
        byte[] bytes = new ChunkOracle(1, 2 * CHUNK + 100).chunk(0);
        Path file = Files.write(directory.resolve("file"), bytes);

        DemoInput input = DemoInput.cut(List.of(file));

        assertThat(input.keys()).hasSize(3);
        assertThat(input.totalBytes()).isEqualTo(bytes.length);
        assertThat(input.truncated()).isFalse();
        for (ChunkKey key : input.keys()) {
            assertThat(ChunkKey.sha256Of(input.read(key))).isEqualTo(key);
        }
        assertThat(input.read(input.keys().get(2)).remaining()).isEqualTo(100);
    }

    @Test
    void shouldKeepOneOfEqualChunks() throws IOException {
        Path file = Files.write(directory.resolve("zeros"), new byte[5 * CHUNK]);

        DemoInput input = DemoInput.cut(List.of(file, file));

        assertThat(input.keys()).hasSize(1);
        assertThat(input.totalBytes()).isEqualTo(CHUNK);
    }

    @Test
    void shouldRefuseWhatItCannotRead() throws IOException {
        Path empty = Files.createFile(directory.resolve("empty"));

        assertThatThrownBy(() -> DemoInput.cut(List.of(empty)))
                .isInstanceOf(DemoException.class)
                .hasMessageContaining("expected: at least one byte");
        assertThatThrownBy(() -> DemoInput.cut(List.of(directory.resolve("absent"))))
                .isInstanceOf(DemoException.class)
                .hasMessageContaining("not found");
        assertThatThrownBy(() -> DemoInput.cut(List.of(directory))).isInstanceOf(DemoException.class);
    }

    @Test
    void shouldHaveADefaultThatEveryJdkHas() {
        assertThat(DemoInput.defaultFile()).isRegularFile();
    }
}
