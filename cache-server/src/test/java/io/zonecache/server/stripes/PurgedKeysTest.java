package io.zonecache.server.stripes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.model.ChunkKey;
import io.zonecache.server.Stripes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PurgedKeysTest {

    private static final ChunkKey FIRST = Stripes.key(1);
    private static final ChunkKey SECOND = Stripes.key(2);

    @TempDir
    Path directory;

    @Test
    void shouldKnowEveryWholeLineOfAFileThatIsCutOffAnywhereAndGoOnAfterIt() throws IOException {
        Path file = directory.resolve("purged");
        try (PurgedKeys purged = new PurgedKeys(file)) {
            purged.add(FIRST);
            purged.add(SECOND);
        }
        byte[] whole = Files.readAllBytes(file);
        int lineBytes = whole.length / 2;
        for (int length = 0; length <= whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            ChunkKey third = Stripes.key(3 + length);
            try (PurgedKeys purged = new PurgedKeys(file)) {
                // A line without its line feed is whole, too.
                assertThat(purged.contains(FIRST)).as("cut at " + length).isEqualTo(length >= lineBytes - 1);
                assertThat(purged.contains(SECOND)).isEqualTo(length >= whole.length - 1);
                purged.add(third);
            }
            try (PurgedKeys purged = new PurgedKeys(file)) {
                assertThat(purged.contains(FIRST)).isEqualTo(length >= lineBytes - 1);
                assertThat(purged.contains(third)).isTrue();
            }
        }
    }

    @Test
    void shouldNameAFileThatCannotBeRead() throws IOException {
        Path file = Files.createDirectory(directory.resolve("purged"));
        assertThatThrownBy(() -> new PurgedKeys(file).close())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("purge list " + file);
    }
}
