package io.zonecache.membership.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.membership.Zones;
import io.zonecache.model.CacheException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ViewFileTest {

    @TempDir
    Path directory;

    private ViewFile file;

    @BeforeEach
    void open() {
        file = new ViewFile(directory, Zones.ZONE);
    }

    @Test
    void shouldRememberNothingAtFirst() {
        assertThat(file.load()).isEqualTo(new ViewFile.Saved(0, null));
    }

    @Test
    void shouldRememberTheViewAndTheHighestEpoch() throws IOException {
        ViewFile.Saved saved = new ViewFile.Saved(9, SealedBytesTest.view(7));
        file.save(new ViewFile.Saved(3, null));
        file.save(saved);

        assertThat(new ViewFile(directory, Zones.ZONE).load()).isEqualTo(saved);
        assertThat(names()).containsExactly(ViewFile.NAME);
    }

    @Test
    void shouldRememberAnEpochWithoutAView() throws IOException {
        file.save(new ViewFile.Saved(9, null));

        assertThat(file.load()).isEqualTo(new ViewFile.Saved(9, null));
    }

    @Test
    void shouldMoveAFileAsideThatIsCutOffOrDamagedAnywhere() throws IOException {
        file.save(new ViewFile.Saved(9, SealedBytesTest.view(7)));
        byte[] good = Files.readAllBytes(directory.resolve(ViewFile.NAME));
        for (int i = 0; i < good.length; i++) {
            byte[] damaged = good.clone();
            damaged[i] ^= 1;
            assertMovedAside(damaged);
            assertMovedAside(Arrays.copyOf(good, i));
        }
    }

    @Test
    void shouldMoveTheViewOfAnotherZoneAside() throws IOException {
        new ViewFile(directory, "other").save(new ViewFile.Saved(9, SealedBytesTest.view(7)));

        assertThat(new ViewFile(directory, "other").load()).isEqualTo(new ViewFile.Saved(0, null));
        assertThat(names()).hasSize(1).allMatch(name -> name.startsWith("last-view.corrupt-"));
    }

    @Test
    void shouldRemoveWhatAKilledSaveHasLeft() throws IOException {
        file.save(new ViewFile.Saved(9, SealedBytesTest.view(7)));
        Files.write(directory.resolve(ViewFile.NAME + ".new"), new byte[] {1, 2, 3});

        assertThat(new ViewFile(directory, Zones.ZONE).load().highestEpoch()).isEqualTo(9);
        assertThat(names()).containsExactly(ViewFile.NAME);
        file.save(new ViewFile.Saved(10, null));
        assertThat(file.load().highestEpoch()).isEqualTo(10);
    }

    /** It may be whole: a descriptor too few or a disk that fails says nothing of it. */
    @Test
    void shouldLeaveAFileAloneThatCannotBeRead() throws IOException {
        Files.createDirectory(directory.resolve(ViewFile.NAME));

        assertThatThrownBy(file::load)
                .isInstanceOf(CacheException.class)
                .hasMessageContaining(directory.resolve(ViewFile.NAME) + ": can't be read");
        assertThat(names()).containsExactly(ViewFile.NAME);
    }

    @Test
    void shouldNameADirectoryThatCannotBeMade() throws IOException {
        Path taken = Files.write(directory.resolve("taken"), new byte[1]);

        assertThatThrownBy(() -> new ViewFile(taken, Zones.ZONE))
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("membership directory: " + taken);
    }

    private void assertMovedAside(byte[] bytes) throws IOException {
        Files.write(directory.resolve(ViewFile.NAME), bytes);

        assertThat(file.load()).isEqualTo(new ViewFile.Saved(0, null));

        assertThat(directory.resolve(ViewFile.NAME)).doesNotExist();
        assertThat(names()).anyMatch(name -> name.startsWith("last-view.corrupt-"));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(path -> path.getFileName().toString()).toList();
        }
    }
}
