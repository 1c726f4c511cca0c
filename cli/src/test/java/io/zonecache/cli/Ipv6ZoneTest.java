package io.zonecache.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zonecache.cli.command.ExitCodes;
import io.zonecache.client.ClientConfig;
import io.zonecache.client.ZoneCache;
import io.zonecache.model.HostAndPort;
import io.zonecache.server.CacheNode;
import io.zonecache.server.config.NodeConfig;
import io.zonecache.testkit.oracle.ChunkOracle;
import io.zonecache.testkit.process.Ports;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A zone whose nodes listen on {@code ::1} and nowhere else, used by all that talk to a zone. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class Ipv6ZoneTest {

    private static final int NODES = 2;
    private static final int CHUNK_BYTES = 512 * 1024;
    private static final ChunkOracle CHUNKS = new ChunkOracle(20_261_129, CHUNK_BYTES);

    @TempDir
    private static Path directory;

    private final List<CacheNode> nodes = new ArrayList<>();

    @BeforeAll
    void startZone() {
        assumeTrue(Ports.hasIpv6Loopback(), "this machine has no ::1");
        List<Integer> clusterPorts = Ports.free(NODES);
        String peers = clusterPorts.stream()
                .map(port -> new HostAndPort("::1", port).toString())
                .collect(Collectors.joining(","));
        for (int i = 0; i < NODES; i++) {
            nodes.add(CacheNode.start(NodeConfig.of(Map.of(
                    "zone", "ipv6",
                    "id", "n" + i,
                    "bind", "::1",
                    "data-dir", directory.resolve("n" + i).toString(),
                    "port", "0",
                    "admin-port", "0",
                    "cluster-port", clusterPorts.get(i).toString(),
                    "peers", peers,
                    "capacity", "256MiB",
                    "memory", "128MiB"))));
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> nodes.stream().allMatch(CacheNode::isReady));
    }

    @AfterAll
    void stopZone() {
        nodes.forEach(CacheNode::close);
    }

    @Test
    void shouldServeAnEmbeddedClient() throws Exception {
        ClientConfig config = ClientConfig.builder()
                .nodes(List.of(nodes.get(0).address()))
                .localCacheBytes(0)
                .build();
        try (ZoneCache cache = ZoneCache.builder().config(config).build()) {
            cache.prime(CHUNKS.key(1), CHUNKS.chunk(1)).get(30, TimeUnit.SECONDS);

            byte[] read = cache.get(CHUNKS.key(1)).get(30, TimeUnit.SECONDS).toBytes();

            assertThat(read).isEqualTo(CHUNKS.chunk(1));
        }
    }

    @Test
    void shouldServeTheCommandLine() throws Exception {
        Path file = Files.write(directory.resolve("file"), CHUNKS.chunk(2));
        Path back = directory.resolve("back");

        List<String> keys = cli("put", file.toString(), "--nodes", nodes.get(0).address());
        cli("get", keys.get(0), "--nodes", nodes.get(1).address(), "--output", back.toString());

        assertThat(back).hasSameBinaryContentAs(file);
        assertThat(String.join("\n", cli("status", "--nodes", nodes.get(0).address())))
                .contains(
                        "2 of 2 nodes up",
                        "n0  " + nodes.get(0).address(),
                        "n1  " + nodes.get(1).address())
                .doesNotContain("does not answer");
    }

    @Test
    void shouldServeAClientInAnotherLanguage() throws Exception {
        Path script = directory.resolve("zonecache_client.py");
        Files.copy(getClass().getResourceAsStream("/foreign/zonecache_client.py"), script);
        Path file = Files.write(directory.resolve("theirs"), CHUNKS.chunk(3));
        Path back = directory.resolve("theirs-back");

        python(script, "put", file.toString());
        python(script, "get", CHUNKS.key(3).toHex(), "--output", back.toString());

        assertThat(back).hasSameBinaryContentAs(file);
    }

    private static List<String> cli(String... arguments) {
        Cli.Result result = Cli.run(arguments);
        assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCodes.DONE);
        return result.outLines();
    }

    private void python(Path script, String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("python3", script.toString()));
        command.addAll(List.of("--node", nodes.get(0).address()));
        command.addAll(List.of(arguments));
        Path output = directory.resolve("python.out");
        Process process = new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        assertThat(process.exitValue()).as(Files.readString(output)).isZero();
    }
}
