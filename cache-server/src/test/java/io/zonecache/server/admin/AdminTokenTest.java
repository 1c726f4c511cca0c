package io.zonecache.server.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AdminTokenTest {

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void choose() {
        file = directory.resolve("admin-token");
    }

    @Test
    void shouldWriteARandomTokenForItsOwnersEyesAndKeepIt() throws IOException {
        String written = create();
        assertThat(written).matches("[0-9a-f]{48}\n");
        assertThat(create()).isEqualTo(written);
        assertThat(mode()).isEqualTo("rw-------");
    }

    @Test
    void shouldWriteANewTokenWhereARandomOneIsCutOffAnywhere() throws IOException {
        String whole = create();
        for (int length = 0; length < 48; length++) {
            for (String zeros : new String[] {"", "\0", "\0".repeat(49 - length)}) {
                Files.writeString(file, whole.substring(0, length) + zeros);
                assertThat(create())
                        .as("cut at " + length)
                        .matches("[0-9a-f]{48}\n")
                        .isNotEqualTo(whole);
                assertThat(mode()).isEqualTo("rw-------");
            }
        }
        Files.writeString(file, whole.trim());
        assertThat(create()).isEqualTo(whole.trim());
    }

    @Test
    void shouldKeepATokenOfTheOperators() throws IOException {
        for (String own : new String[] {"secret", "cafe\n", " secret \n", "correct horse"}) {
            Files.writeString(file, own);
            AdminToken token = AdminToken.readOrCreate(file);
            assertThat(token.matches("Bearer " + own.trim())).isTrue();
            assertThat(file).hasContent(own);
        }
    }

    @Test
    void shouldReplaceAnEmptyFileWhoeverMayReadIt() throws IOException {
        for (String nothing : new String[] {"", "\n", "  \n\n"}) {
            Files.writeString(file, nothing);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
            assertThat(create()).matches("[0-9a-f]{48}\n");
            assertThat(mode()).isEqualTo("rw-------");
        }
    }

    @Test
    void shouldRemoveWhatAKilledWriteHasLeft() throws IOException {
        Path unfinished = directory.resolve("admin-token.new");
        Files.writeString(unfinished, "0123");
        String written = create();
        assertThat(unfinished).doesNotExist();
        Files.writeString(unfinished, "0123");
        assertThat(create()).isEqualTo(written);
        assertThat(unfinished).doesNotExist();
    }

    @Test
    void shouldLeaveNoFileBehindThatCouldNotBeWritten() throws IOException {
        Path occupied = Files.createDirectory(directory.resolve("admin-token.new"));
        Files.writeString(occupied.resolve("full"), "");
        assertThatThrownBy(() -> AdminToken.readOrCreate(file)).isInstanceOf(IOException.class);
        assertThat(file).doesNotExist();
    }

    @Test
    void shouldLeaveALinkOfTheOperatorsAlone() throws IOException {
        Path target = Files.writeString(directory.resolve("mine"), "");
        Files.createSymbolicLink(file, target);
        assertThatThrownBy(() -> AdminToken.readOrCreate(file)).hasMessageContaining(file + ": empty");
        assertThat(file).isSymbolicLink();
    }

    @Test
    void shouldNameAFileOfTheOperatorsThatHoldsNoToken() throws IOException {
        Files.writeString(file, "\n");
        assertThatThrownBy(() -> AdminToken.read(file)).hasMessage(file + ": empty");
        assertThat(file).hasContent("\n");
        Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe});
        assertThatThrownBy(() -> AdminToken.read(file)).hasMessage(file + ": no text in UTF-8");
    }

    private String create() throws IOException {
        AdminToken token = AdminToken.readOrCreate(file);
        String text = Files.readString(file);
        assertThat(token.matches("Bearer " + text.trim())).isTrue();
        return text;
    }

    private String mode() throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }
}
