package io.zonecache.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.server.TestNode;
import io.zonecache.server.config.FormerNames;
import io.zonecache.server.config.FormerNamesTable;
import io.zonecache.server.config.Setting;
import io.zonecache.server.datadir.DataDirectory;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Every way in which serve refuses to start: the exit code, the words, and that nothing was harmed. */
class ServeCommandTest {

    @TempDir
    Path directory;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void shouldNameAllErrorsOfAConfigurationAndExit2() {
        assertThat(serve("--port", "x", "--capacity", "1MiB", "--origin-budget", "2", "--weight", "99"))
                .isEqualTo(2);
        assertThat(err.toString())
                .contains("port: \"x\" (expected: a whole number, 0..65535)")
                .contains("capacity: \"1MiB\" (expected: a size of at least 256MiB")
                .contains("origin-budget: 2 (expected: at least 5")
                .contains("weight: \"99\" (expected: a whole number, 1..16)");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void shouldExit2OnWrongUsage() {
        assertThat(serve("--colour", "blue")).isEqualTo(2);
        assertThat(serve("--port", "1", "--port", "2")).isEqualTo(2);
        assertThat(serve("--config", directory.resolve("none.yaml").toString())).isEqualTo(2);
        assertThat(err.toString()).contains("none.yaml");
    }

    @Test
    void shouldExplainEverySettingInItsHelp() {
        assertThat(serve("--help")).isZero();
        for (Setting setting : Setting.values()) {
            assertThat(out.toString()).contains("  " + setting.flag());
        }
        assertThat(out.toString()).contains("--config=FILE").contains("ZONECACHE_DATA_DIR");
    }

    @Test
    void shouldPrintWhatIsInForceAndStartNothing() {
        assertThat(serveIn(directory.resolve("data"), "--print-config", "--queue-age", "70ms"))
                .isZero();
        assertThat(out.toString())
                .containsPattern("queue-age: 70ms +# flag --queue-age\n")
                .containsPattern("capacity: 1GiB +# default\n");
        assertThat(directory).isEmptyDirectory();
        assertThat(serve("--print-config", "--queue-age", "soon")).isEqualTo(2);
        assertThat(err.toString()).contains("queue-age: \"soon\"");
    }

    @Test
    void shouldTakeAnOldFlagAndNotShowIt() {
        FormerNames names = FormerNamesTable.of("queue-time", Setting.QUEUE_AGE);
        CommandLine command = new CommandLine(new ServeCommand(names)).setOut(new PrintWriter(out, true));
        ServeOptions.addFormer(command.getCommandSpec(), names);
        assertThat(command.execute("--print-config", "--queue-time", "70ms")).isZero();
        assertThat(out.toString()).containsPattern("queue-age: 70ms +# flag --queue-time\n");
        assertThat(command.execute("--help")).isZero();
        assertThat(out.toString()).doesNotContain("--queue-time ").doesNotContain("--queue-time=");
    }

    @Test
    void shouldExit1WhenThePortIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            assertThat(serveIn(directory, "--port", port)).isEqualTo(1);
            assertThat(err.toString()).contains("port: " + port + " on 127.0.0.1 can't be bound");
            assertThat(serveIn(directory, "--admin-port", port)).isEqualTo(1);
            assertThat(err.toString()).contains("admin-port: " + port + " on 127.0.0.1 can't be bound");
        }
    }

    @Test
    void shouldExit1WhenTheDataDirectoryIsInUseAndLeaveItsOwnerAlone() {
        try (TestNode node = TestNode.start(directory, Map.of())) {
            assertThat(serveIn(directory, "--zone", "test")).isEqualTo(1);
            assertThat(err.toString()).contains("data-dir: " + directory + ": in use by another node");
            assertThat(node.node().isReady()).isTrue();
        }
    }

    @Test
    void shouldExit2WhenTheDataDirectoryBelongsToAnotherZoneOrId() throws Exception {
        DataDirectory.open(directory, "test", "n1").close();
        Files.writeString(directory.resolve("admin-token"), "kept");
        assertThat(serveIn(directory, "--zone", "test", "--id", "n2")).isEqualTo(2);
        assertThat(err.toString()).contains("belongs to node test/n1 (expected: test/n2");
        assertThat(serveIn(directory, "--zone", "other")).isEqualTo(2);
        assertThat(err.toString()).contains("belongs to node test/n1 (expected: other/n1");
        assertThat(directory.resolve("admin-token")).hasContent("kept");
        assertThat(directory.resolve("store")).doesNotExist();
    }

    @Test
    void shouldExit1WhenTheDataDirectoryCannotBeWritten() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "");
        assertThat(serveIn(file.resolve("below"))).isEqualTo(1);
        assertThat(err.toString()).contains("(expected: a writable directory)");
    }

    @Test
    void shouldExit1WhenTheAdminTokenCannotBeRead() {
        assertThat(serveIn(directory, "--admin-token-file", directory + "/none"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("admin-token-file: ");
    }

    @Test
    void shouldExit1WhenTheAccessLogCannotBeWritten() {
        assertThat(serveIn(directory, "--access-log", directory + "/none/log")).isEqualTo(1);
        assertThat(err.toString())
                .contains("access-log: " + directory + "/none/log: not found (expected: a file that can be written)");
    }

    private int serveIn(Path dataDir, String... more) {
        String[] args = new String[more.length + 2];
        args[0] = "--data-dir";
        args[1] = dataDir.toString();
        System.arraycopy(more, 0, args, 2, more.length);
        return serve(args);
    }

    private int serve(String... args) {
        return new CommandLine(new ServeCommand())
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true))
                .execute(args);
    }
}
