package io.zonecache.server.datadir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Properties;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {

    private static final String ZONE = "use1-az1";
    private static final String ID = "node-10";

    /** As {@link Properties} stored it, which the version before did. */
    private static final byte[] OF_VERSION_BEFORE =
            "#Tue Dec 01 03:23:44 UTC 2026\nid=node-10\nzone=use1-az1\n".getBytes(StandardCharsets.ISO_8859_1);

    @TempDir
    Path directory;

    private Path identity;

    @BeforeEach
    void choose() {
        identity = directory.resolve("node.properties");
    }

    @Test
    void shouldWriteDownWhoseItIs() throws IOException {
        open(ZONE, ID);
        assertThat(identity).hasContent("zone=use1-az1\nid=node-10\ncrc32c=6fbdde50\n");
        open(ZONE, ID);
        assertThat(identity).hasContent("zone=use1-az1\nid=node-10\ncrc32c=6fbdde50\n");
    }

    @Test
    void shouldTakeTheFileOfTheVersionBeforeAsItIs() throws IOException {
        Files.write(identity, OF_VERSION_BEFORE);
        open(ZONE, ID);
        assertThat(identity).hasBinaryContent(OF_VERSION_BEFORE);
        assertRefused("other", ID, "belongs to node use1-az1/node-10 (expected: other/node-10", "delete " + identity);
        assertThat(identity).hasBinaryContent(OF_VERSION_BEFORE);
    }

    /** After a rollback. It reads {@link Properties}, and ignores what it does not know. */
    @Test
    void shouldWriteWhatTheVersionBeforeReads() throws IOException {
        open(ZONE, ID);
        Properties read = new Properties();
        try (Reader in = Files.newBufferedReader(identity)) {
            read.load(in);
        }
        assertThat(read).containsEntry("zone", ZONE).containsEntry("id", ID);
    }

    @Test
    void shouldRefuseTheDirectoryOfAnotherNode() throws IOException {
        open(ZONE, ID);
        assertRefused(ZONE, "node-1", "belongs to node use1-az1/node-10 (expected: use1-az1/node-1");
        assertRefused("use1", ID, "belongs to node use1-az1/node-10 (expected: use1/node-10");
        open(ZONE, ID);
    }

    @Test
    void shouldRepairAFileThatIsCutOffAnywhere() throws IOException {
        byte[] whole = new NodeIdentity(ZONE, ID).toBytes();
        for (byte[] file : new byte[][] {whole, OF_VERSION_BEFORE}) {
            for (int length = 0; length < file.length; length++) {
                Files.write(identity, Arrays.copyOf(file, length));
                open(ZONE, ID);
                assertThat(NodeIdentity.parse(Files.readAllBytes(identity)))
                        .as("after a cut at " + length)
                        .isEqualTo(new NodeIdentity(ZONE, ID));
            }
        }
    }

    @Test
    void shouldRepairAFileWhoseEndIsZerosAsAfterAPowerLoss() throws IOException {
        byte[] whole = new NodeIdentity(ZONE, ID).toBytes();
        for (int length = 0; length < whole.length; length++) {
            Files.write(identity, Arrays.copyOf(Arrays.copyOf(whole, length), whole.length));
            open(ZONE, ID);
            assertThat(identity).hasBinaryContent(whole);
        }
    }

    @Test
    void shouldRefuseACutFileAsSoonAsItsRestNamesAnother() throws IOException {
        byte[] whole = new NodeIdentity(ZONE, ID).toBytes();
        int afterZone = "zone=use1-az".length();
        int afterId = "zone=use1-az1\nid=node-1".length();
        for (int length = 0; length < whole.length; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            Files.write(identity, cut);
            if (length > afterZone) {
                assertRefused("use1-az", ID, "use1-az1");
                assertThat(identity).hasBinaryContent(cut);
            }
            if (length > afterId && length < whole.length - "crc32c=6fbdde50\n".length()) {
                assertRefused(ZONE, "node-1", identity + ": cut off or damaged, and says \"id=node-10\"");
                assertThat(identity).hasBinaryContent(cut);
            }
        }
    }

    @Test
    void shouldNeverTakeADamagedFileForAnotherNodes() throws IOException {
        byte[] whole = new NodeIdentity(ZONE, ID).toBytes();
        for (int i = 0; i < whole.length; i++) {
            byte[] damaged = whole.clone();
            damaged[i] ^= 1;
            Files.write(identity, damaged);
            try {
                open(ZONE, ID);
                assertThat(NodeIdentity.parse(Files.readAllBytes(identity))).isEqualTo(new NodeIdentity(ZONE, ID));
            } catch (DataDirectoryException e) {
                assertThat(e).hasMessageContaining("cut off or damaged").hasMessageContaining("delete that file");
                assertThat(e.isMisconfigured()).isTrue();
                assertThat(identity).hasBinaryContent(damaged);
            }
        }
    }

    @Test
    void shouldRemoveWhatAKilledWriteHasLeft() throws IOException {
        Path unfinished = directory.resolve("node.properties.new");
        Files.writeString(unfinished, "zone=us");
        open(ZONE, ID);
        assertThat(unfinished).doesNotExist();
        Files.writeString(unfinished, "zone=us");
        open(ZONE, ID);
        assertThat(unfinished).doesNotExist();
    }

    @Test
    void shouldNameTheFileThatCannotBeReadAndLeaveItAlone() throws IOException {
        Files.createDirectory(identity);
        assertThatThrownBy(() -> open(ZONE, ID))
                .isInstanceOf(DataDirectoryException.class)
                .hasMessageContaining(identity + ": can't be read")
                .hasMessageContaining("(expected: a writable directory)");
        assertThat(identity).isDirectory();
    }

    private void open(String zone, String id) {
        DataDirectory.open(directory, zone, id).close();
    }

    private void assertRefused(String zone, String id, String... words) {
        assertThatThrownBy(() -> open(zone, id))
                .isInstanceOfSatisfying(
                        DataDirectoryException.class,
                        e -> assertThat(e.isMisconfigured()).isTrue())
                .hasMessageContainingAll(words);
    }
}
