package io.zonecache.server.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.server.CacheNode;
import io.zonecache.server.config.NodeConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class StoreCommandTest {

    @TempDir
    Path data;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @BeforeEach
    void startOnce() {
        start().close();
    }

    @Test
    void shouldDiscardTheStoreAndKeepWhatTheNodeIs() throws IOException {
        String token = Files.readString(data.resolve("admin-token"));
        assertThat(discard(null, data.toString(), "--yes")).isZero();

        assertThat(data.resolve("store")).isEmptyDirectory();
        assertThat(out.toString())
                .isEqualTo("Discarded " + data.resolve("store") + "; the node starts with an empty store.\n");
        try (CacheNode node = start()) {
            assertThat(node.store().stats().stripes()).isZero();
        }
        assertThat(data.resolve("admin-token")).hasContent(token);
        try (Stream<Path> files = Files.list(data)) {
            assertThat(files).noneMatch(file -> file.toString().contains("discarded"));
        }
    }

    @Test
    void shouldAskFirst() {
        assertThat(discard("no", data.toString())).isEqualTo(1);
        assertThat(err.toString())
                .isEqualTo("Every stripe in " + data.resolve("store") + " will be deleted. Go on? [y/N] "
                        + "zonecache store discard: nothing is discarded\n");
        assertThat(data.resolve("store")).isNotEmptyDirectory();
        assertThat(discard("y", data.toString())).isZero();
        assertThat(data.resolve("store")).isEmptyDirectory();
    }

    @Test
    void shouldNeedAWordWhereNobodyCanBeAsked() {
        assertThat(discard(null, data.toString())).isEqualTo(1);
        assertThat(err.toString()).contains("no answer (expected: y or n, or --yes)");
        assertThat(data.resolve("store")).isNotEmptyDirectory();
    }

    @Test
    void shouldRefuseWhileTheNodeRuns() {
        try (CacheNode node = start()) {
            assertThat(discard(null, data.toString(), "--yes")).isEqualTo(1);
            assertThat(err.toString()).contains("in use by another process");
            assertThat(node.store().stats().writable()).isTrue();
        }
    }

    @Test
    void shouldRefuseADirectoryThatIsNoNodes() {
        assertThat(discard(null, data.resolve("store").toString(), "--yes")).isEqualTo(1);
        assertThat(err.toString()).contains("store/store: no such directory (expected: a node's data directory");
        assertThat(discard(null)).isEqualTo(2);
    }

    private CacheNode start() {
        return CacheNode.start(NodeConfig.of(
                Map.of("zone", "test", "id", "n1", "port", "0", "admin-port", "0", "data-dir", data.toString())));
    }

    private int discard(@Nullable String answer, String... arguments) {
        String[] all = Stream.concat(Stream.of("discard"), Stream.of(arguments)).toArray(String[]::new);
        return new CommandLine(new StoreCommand(() -> answer))
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(all);
    }
}
