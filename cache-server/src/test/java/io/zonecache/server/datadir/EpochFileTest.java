package io.zonecache.server.datadir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EpochFileTest {

    private static final long NOW_MILLIS = 1_764_559_424_000L;

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void choose() {
        file = directory.resolve("epoch");
    }

    @Test
    void shouldGrowWhetherTheClockGoesOnOrBack() {
        assertThat(EpochFile.next(directory, NOW_MILLIS)).isEqualTo(NOW_MILLIS);
        assertThat(EpochFile.next(directory, NOW_MILLIS - 5_000)).isEqualTo(NOW_MILLIS + 1);
        assertThat(EpochFile.next(directory, NOW_MILLIS + 9_000)).isEqualTo(NOW_MILLIS + 9_000);
        assertThat(file).hasContent(NOW_MILLIS + 9_000 + "\n");
    }

    @Test
    void shouldTakeTheTimeWhereTheFileIsCutOffAnywhere() throws IOException {
        String whole = 9 * NOW_MILLIS + "\n";
        for (int length = 0; length < whole.length(); length++) {
            Files.writeString(file, whole.substring(0, length));
            assertThat(EpochFile.next(directory, NOW_MILLIS))
                    .as("cut at " + length)
                    .isEqualTo(NOW_MILLIS);
            assertThat(file).hasContent(NOW_MILLIS + "\n");
        }
    }

    @Test
    void shouldTakeTheTimeWhereTheFileHoldsNoNumber() throws IOException {
        for (String damaged : new String[] {"\0\0\0\0", "17645x\n", Long.MAX_VALUE + "\n", "9".repeat(500) + "\n"}) {
            Files.writeString(file, damaged);
            assertThat(EpochFile.next(directory, NOW_MILLIS)).isEqualTo(NOW_MILLIS);
        }
    }

    @Test
    void shouldRemoveWhatAKilledWriteHasLeft() throws IOException {
        Files.writeString(directory.resolve("epoch.new"), "17");
        EpochFile.next(directory, NOW_MILLIS);
        assertThat(directory.resolve("epoch.new")).doesNotExist();
    }

    /** As on a full disk; what can't be replaced stands for it, also where root may write everything. */
    @Test
    void shouldStartANodeWhoseDiskTakesNothing() throws IOException {
        Files.writeString(file, NOW_MILLIS + "\n");
        Files.writeString(Files.createDirectory(directory.resolve("epoch.new")).resolve("full"), "");
        assertThat(EpochFile.next(directory, NOW_MILLIS - 5_000)).isEqualTo(NOW_MILLIS + 1);
        assertThat(file).hasContent(NOW_MILLIS + "\n");
    }

    @Test
    void shouldNameAFileThatCannotBeRead() throws IOException {
        Files.createDirectory(file);
        assertThatThrownBy(() -> EpochFile.next(directory, NOW_MILLIS))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining(file + ": can't be read")
                .hasMessageContaining("(expected: ");
    }
}
