package io.zonecache.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a full disk, a kill or a power loss may leave of the small files in a data directory. */
class DamagedFilesTest {

    private static final List<String> SMALL_FILES = List.of("node.properties", "admin-token", "purged", "lock");

    @TempDir
    Path directory;

    @Test
    void shouldStartWithEmptyFilesAndRemoveWhatWasLeftUnfinished() throws Exception {
        for (String name : SMALL_FILES) {
            Files.createFile(directory.resolve(name));
        }
        Files.writeString(directory.resolve("node.properties.new"), "zone=te");
        Files.writeString(directory.resolve("admin-token.new"), "0123");

        try (TestNode node = TestNode.start(directory, Map.of())) {
            assertThat(Http.get(node.admin("/health/ready")).statusCode()).isEqualTo(200);
            String token = Files.readString(directory.resolve("admin-token")).trim();
            assertThat(token).hasSize(48);
            assertThat(Http.send(
                                    "POST",
                                    node.admin("/v1/purge/" + Stripes.key(1)),
                                    new byte[0],
                                    "Authorization",
                                    "Bearer " + token)
                            .statusCode())
                    .isEqualTo(200);
        }
        assertThat(names()).containsExactlyInAnyOrderElementsOf(SMALL_FILES);
        try (TestNode node = TestNode.start(directory, Map.of())) {
            assertThat(Http.get(node.data(Stripes.path(Stripes.key(1)))).statusCode())
                    .isEqualTo(410);
        }
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
