package io.zonecache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.cli.command.ExitCodes;
import io.zonecache.server.CacheNode;
import io.zonecache.server.config.NodeConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a node writes down is what {@code simulate} reads. */
class AccessLogTest {

    @TempDir
    private Path directory;

    @Test
    void shouldSimulateWhatANodeServed() throws Exception {
        Path log = directory.resolve("access.log");
        byte[] content = new byte[4_000];
        new Random(7).nextBytes(content);
        Path file = Files.write(directory.resolve("file"), content);
        List<String> keys;
        try (CacheNode node = CacheNode.start(NodeConfig.of(Map.of(
                "data-dir",
                directory.resolve("node").toString(),
                "port",
                "0",
                "admin-port",
                "0",
                "access-log",
                log.toString())))) {
            String address = node.address();
            Cli.Result put = Cli.run("put", file.toString(), "--nodes", address, "--chunk-size", "1000B");
            keys = put.outLines();
            assertThat(keys).as(put.err()).hasSize(4);
            for (int round = 0; round < 2; round++) {
                List<String> get = new ArrayList<>(keys);
                get.add(0, "get");
                get.addAll(List.of(
                        "--nodes",
                        address,
                        "--output",
                        directory.resolve("back").toString()));
                assertThat(Cli.run(get.toArray(String[]::new)).exitCode()).isEqualTo(ExitCodes.DONE);
            }
        }
        assertThat(Files.readAllLines(log))
                .as("primed, and read twice")
                .hasSize(12)
                .containsOnly(keys.toArray(String[]::new));
        assertThat(Cli.run("simulate", "--policy", "lru-2", "--capacity", "4", log.toString())
                        .outLines())
                .containsExactly("lru-2 capacity 4 hit ratio 0.6667");
    }
}
