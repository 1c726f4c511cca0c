package io.zonecache.client.origin.s3;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.origin.OriginSetting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** docs/operations.md against the settings: what is listed exists, and what exists is listed. */
final class S3DocumentTest {

    private static final Path DOCUMENT = Path.of("../docs/operations.md");

    @Test
    void shouldListTheSettingsOfEveryOrigin() throws Exception {
        assertThat(rows("| setting of every origin | value | what |"))
                .containsExactlyElementsOf(rowsOf(OriginSetting.LIMITS));
    }

    @Test
    void shouldListTheSettingsOfS3() throws Exception {
        List<OriginSetting> ofS3 = new S3OriginProvider()
                .settings().stream()
                        .filter(setting -> !OriginSetting.LIMITS.contains(setting))
                        .toList();
        assertThat(rows("| setting of S3 | value | what |")).containsExactlyElementsOf(rowsOf(ofS3));
    }

    @Test
    void shouldGiveEverySettingADefault() {
        assertThat(new S3OriginProvider().settings())
                .allSatisfy(setting -> assertThat(setting.description()).contains("Default: "));
    }

    private static List<String> rowsOf(List<OriginSetting> settings) {
        return settings.stream()
                .map(setting ->
                        "| `" + setting.name() + "` | " + setting.expected() + " | " + setting.description() + " |")
                .toList();
    }

    /** The rows below a table's head. */
    private static List<String> rows(String head) throws Exception {
        List<String> lines = Files.readAllLines(DOCUMENT);
        int first = lines.indexOf(head) + 2;
        assertThat(first).as(head).isGreaterThan(1);
        return lines.subList(first, lines.size()).stream()
                .takeWhile(line -> line.startsWith("|"))
                .toList();
    }
}
