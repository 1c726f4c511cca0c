package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.process.JavaCommand;
import io.zonecache.testkit.process.ManagedProcess;
import io.zonecache.testkit.process.Workspace;
import io.zonecache.testkit.s3.S3Options;
import io.zonecache.testkit.s3.S3Server;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
final class ProcessExitTest {

    /** To start, and to read; then it ends within few seconds. */
    private static final Duration START = Duration.ofSeconds(60);

    private static final Duration EXIT = Duration.ofSeconds(10);

    @Test
    void shouldLetAProgramEndThatReturnsFromMainWithoutClosing(@TempDir Path directory) {
        byte[] held = TestZone.chunk(1, 10_000);
        byte[] atOrigin = TestZone.chunk(2, 20_000);
        ChunkKey key = ChunkKey.sha256Of(atOrigin);
        try (TestZone zone = TestZone.start(directory, 3, "2-of-3");
                S3Server s3 = S3Server.start(S3Options.defaults());
                Workspace workspace = Workspace.create("unclosed")) {
            zone.fill(held);
            s3.put("chunks/" + key.toHex().substring(0, 2) + "/" + key.toHex(), atOrigin);
            ManagedProcess program = workspace.start(
                    "program",
                    JavaCommand.of(UnclosedCacheMain.class)
                            .arguments(
                                    String.join(",", zone.addresses()),
                                    s3.endpoint().toString(),
                                    ChunkKey.sha256Of(held).toHex(),
                                    key.toHex()));
            program.awaitLine(line -> line.startsWith("written back"), START);
            assertThat(program.awaitExit(EXIT)).isZero();
            assertThat(program.output().subList(0, 3)).containsExactly("hit 10000", "miss", "origin 20000");
            assertThat(program.output().subList(4, program.output().size())).containsExactly("not a daemon: main");
            zone.placement(key)
                    .subList(0, 3)
                    .forEach(node ->
                            assertThat(zone.node(node).store().holds(key)).isTrue());
        }
    }
}
