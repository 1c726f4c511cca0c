package io.zonecache.server;

import static io.zonecache.server.Stripes.path;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.server.config.Setting;
import io.zonecache.server.metrics.Operation;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/operations.md against the code: what is listed exists, and what exists is listed. */
class OperationsDocumentTest {

    private static final Path DOCUMENT = Path.of("../docs/operations.md");
    private static final String HELP = "# HELP ";

    @TempDir
    Path directory;

    @Test
    void shouldListEverySettingWithItsDefault() throws Exception {
        List<String> expected = new ArrayList<>();
        for (Setting setting : Setting.values()) {
            String fallback = setting.defaultText();
            expected.add("| `" + setting.key() + "` | " + (fallback == null ? "" : '`' + fallback + "` ") + "| "
                    + setting.description() + " |");
        }
        assertThat(rows("## Settings")).containsExactlyElementsOf(expected);
    }

    @Test
    void shouldListEveryErrorCode() throws Exception {
        List<String> expected = new ArrayList<>();
        for (CacheErrorCode code : CacheErrorCode.values()) {
            String retry = code.retry().name().toLowerCase(Locale.ROOT).replace('_', ' ');
            expected.add("| `" + code + "` | " + code.number() + " | " + code.status() + " | " + retry + " | ");
        }
        assertThat(rows("## Error codes"))
                .zipSatisfy(expected, (row, start) -> assertThat(row).startsWith(start));
    }

    @Test
    void shouldListEveryMetricWithItsDescription() throws Exception {
        Map<String, String> metrics = new TreeMap<>();
        try (TestNode node = TestNode.start(directory, Map.of())) {
            Http.get(node.data(path(Stripes.key(1))));
            await().until(() -> scrape(node).contains("zonecache_requests_seconds_count"));
            scrape(node)
                    .lines()
                    .filter(line -> line.startsWith(HELP + "zonecache_"))
                    .map(line -> line.substring(HELP.length()))
                    .filter(line -> !line.substring(0, line.indexOf(' ')).endsWith("_seconds_max"))
                    .forEach(line ->
                            metrics.put(line.substring(0, line.indexOf(' ')), line.substring(line.indexOf(' ') + 1)));
        }
        List<String> expected = new ArrayList<>();
        metrics.forEach((name, description) -> expected.add("| `" + name + "` | " + description + " |"));
        assertThat(rows("## Metrics")).containsExactlyElementsOf(expected);
    }

    @Test
    void shouldNameEveryOperation() throws Exception {
        for (Operation operation : Operation.values()) {
            assertThat(Files.readString(DOCUMENT)).contains('`' + operation.label() + '`');
        }
    }

    private static String scrape(TestNode node) throws Exception {
        return new String(Http.get(node.admin("/metrics")).body(), StandardCharsets.UTF_8);
    }

    /** The rows of the first table below a heading. */
    private static List<String> rows(String heading) throws Exception {
        List<String> lines = Files.readAllLines(DOCUMENT);
        List<String> rows = new ArrayList<>();
        int at = lines.indexOf(heading);
        while (!lines.get(at).startsWith("|---")) {
            at++;
        }
        for (at++; at < lines.size() && lines.get(at).startsWith("|"); at++) {
            rows.add(lines.get(at));
        }
        return rows;
    }
}
