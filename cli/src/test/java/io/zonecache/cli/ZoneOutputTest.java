package io.zonecache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.zonecache.cli.command.ExitCodes;
import io.zonecache.membership.FixedMembership;
import io.zonecache.membership.Membership;
import io.zonecache.membership.PurgeList;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneView;
import io.zonecache.server.CacheNode;
import io.zonecache.server.NodeParts;
import io.zonecache.server.config.NodeConfig;
import io.zonecache.storage.RebuildRules;
import io.zonecache.storage.StripeStore;
import io.zonecache.storage.StripeStores;
import io.zonecache.testkit.oracle.ChunkOracle;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What commands write, and where, with a node in this JVM. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ZoneOutputTest {

    private static final int CHUNK = 512 * 1024;
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    private CacheNode node;
    private String address = "";

    @BeforeAll
    void startNode(@TempDir Path dataDir) {
        Map<String, String> settings =
                Map.of("port", "0", "admin-port", "0", "data-dir", dataDir.toString(), "peers", "127.0.0.1:1");
        node = CacheNode.start(NodeConfig.of(settings), new NodeParts() {
            @Override
            public StripeStore openStore(NodeConfig ignored, RebuildRules rules) {
                return StripeStores.inMemory(1 << 26);
            }

            @Override
            public Membership join(NodeConfig joining, String at, PurgeList purgeList) {
                address = at;
                ZoneNode self = new ZoneNode(joining.id(), at, joining.domain(), joining.weight(), NodeState.UP);
                return new FixedMembership(new ZoneView(joining.settings(), 1_000, List.of(self)), joining.id());
            }
        });
    }

    @AfterAll
    void stopNode() {
        node.close();
    }

    @Test
    void shouldWriteTheSameDigitsUnderEveryLocale() throws Exception {
        Path list = Files.write(directory.resolve("list"), put(file(3 * CHUNK)));
        Locale before = Locale.getDefault();
        for (String locale : List.of("ar-EG-u-nu-arab", "de-DE", "fa-IR-u-nu-arabext")) {
            try {
                Locale.setDefault(Locale.forLanguageTag(locale));
                Cli.Result status = Cli.run("status", "--nodes", address);
                assertThat(status.out())
                        .as(locale)
                        .contains("1 of 1 nodes up", "weight 1, answers in ")
                        .containsPattern("answers in \\d+\\.\\d ms");
                assertThat(Cli.run(
                                        "warm",
                                        "--list",
                                        list.toString(),
                                        "--nodes",
                                        address,
                                        "--origin",
                                        "file:" + directory)
                                .err())
                        .as(locale)
                        .containsPattern("3 chunks, 1,572,864 bytes: .*\\(\\d+\\.\\d s\\)");
            } finally {
                Locale.setDefault(before);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"put FILE", "put FILE --json -", "get KEY", "status", "status --json -"})
    void shouldFailWhenItsOutputIsFull(String line) throws Exception {
        Path file = file(1_000);
        String key = put(file).get(0);
        String arguments = line.replace("FILE", file.toString()).replace("KEY", key) + " --nodes " + address;
        try (OutputStream full = new FileOutputStream("/dev/full")) {
            assertFailure(
                    Cli.runInto(full, arguments.split(" ", -1)),
                    "No space left on device",
                    "(expected: all of the output");
        }
    }

    @Test
    void shouldFailWhenTheDiskIsFullAfterAPartOfTheBytes() throws Exception {
        Path file = file(3 * CHUNK);
        List<String> arguments = new ArrayList<>(List.of("get"));
        arguments.addAll(put(file));
        arguments.addAll(List.of("--nodes", address));
        OutputStream disk = new OutputStream() {
            private int left = CHUNK;

            @Override
            public void write(int b) throws IOException {
                if (left-- == 0) {
                    throw new IOException("No space left on device");
                }
            }
        };
        assertFailure(Cli.runInto(disk, arguments.toArray(String[]::new)), "No space left on device", "");
    }

    @Test
    void shouldWriteKeysAndBytesToStandardOutputForADash() throws Exception {
        Path file = file(1_000);

        Cli.Result put = Cli.run("put", file.toString(), "--nodes", address, "--list", "-");
        Cli.Result get = Cli.run(
                "get",
                put.out().strip(),
                "--nodes",
                address,
                "--output",
                "-",
                "--json",
                directory.resolve("facts").toString());

        assertThat(put.outLines())
                .containsExactly(ChunkKey.sha256Of(Files.readAllBytes(file)).toHex());
        assertThat(get.exitCode()).as(get.err()).isEqualTo(ExitCodes.DONE);
        assertThat(JSON.readTree(directory.resolve("facts").toFile())
                        .get("bytes")
                        .asInt())
                .isEqualTo(1_000);
        assertThat(Path.of("-")).doesNotExist();
    }

    @Test
    void shouldFollowLinks() throws Exception {
        Path file = file(1_000);
        Path list = Files.createSymbolicLink(directory.resolve("keys"), Path.of("elsewhere"));
        Path copy = Files.createSymbolicLink(directory.resolve("copy"), Path.of("whole"));

        String key = Files.readString(list(file, list)).strip();
        Cli.Result get = Cli.run("get", key, "--nodes", address, "-o", copy.toString());

        assertThat(get.exitCode()).as(get.err()).isEqualTo(ExitCodes.DONE);
        assertThat(list).isSymbolicLink();
        assertThat(copy).isSymbolicLink().hasSameBinaryContentAs(file);
    }

    private Path list(Path file, Path list) {
        Cli.Result put = Cli.run("put", file.toString(), "--nodes", address, "--list", list.toString());
        assertThat(put.exitCode()).as(put.err()).isEqualTo(ExitCodes.DONE);
        return list;
    }

    private static void assertFailure(Cli.Result result, String... details) {
        assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCodes.FAILED);
        assertThat(result.err().lines()).as(result.err()).hasSize(1);
        assertThat(result.err()).contains(details);
    }

    private List<String> put(Path file) {
        Cli.Result result = Cli.run("put", file.toString(), "--nodes", address);
        assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCodes.DONE);
        return result.outLines();
    }

    private Path file(int bytes) throws IOException {
        return Files.write(directory.resolve("file"), new ChunkOracle(1, bytes).chunk(0));
    }
}
