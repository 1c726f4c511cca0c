package io.zonecache.helm;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** The chart's README and docs/kubernetes.md against the chart. */
class ChartDocumentsTest {

    private static final Path GUIDE = Path.of("../docs/kubernetes.md");

    @Test
    void shouldListEveryValueWithItsDefaultAndNoOther() {
        List<String> expected = new ArrayList<>();
        describe("", new YAMLMapper().readTree(Chart.file("values.yaml")), expected);
        List<String> listed = Chart.file("README.md")
                .lines()
                .filter(line -> line.startsWith("| `"))
                .map(line -> line.replaceFirst("^(\\| `[^|]*\\|[^|]*\\|).*", "$1"))
                .toList();
        assertThat(listed).containsExactlyElementsOf(expected);
    }

    @Test
    void shouldCountTheObjectsOfThreeZonesAsTheGuideListsThem() throws Exception {
        Map<String, List<String>> byKind = new TreeMap<>();
        for (HasMetadata object : Chart.render("three-zones.yaml").objects()) {
            byKind.computeIfAbsent(object.getKind(), kind -> new ArrayList<>())
                    .add(object.getMetadata().getName());
        }
        List<String> rows = new ArrayList<>();
        int[] count = new int[1];
        byKind.forEach((kind, names) -> {
            count[0] += names.size();
            rows.add("| " + kind + " | " + names.size() + " | `"
                    + String.join("`, `", names.stream().sorted().toList()) + "` |");
        });
        String guide = guide();
        assertThat(guide).contains(String.join("\n", rows) + '\n');
        assertThat(guide).contains("come to " + count[0] + " objects");
    }

    @Test
    void shouldRenderTheValuesThatTheGuideInstalls(@TempDir Path directory) throws Exception {
        String values = guide().replaceFirst("(?s).*?```yaml\n(.*?)```.*", "$1");
        Path file = Files.writeString(directory.resolve("zones.yaml"), values);
        assertThat(Chart.render(file.toString(), Map.of()).all(StatefulSet.class))
                .hasSize(2);
    }

    static String guide() throws IOException {
        return Files.readString(GUIDE);
    }

    private static void describe(String path, JsonNode value, List<String> rows) {
        if (value.isObject() && !value.isEmpty()) {
            value.properties()
                    .forEach(field -> describe(
                            path.isEmpty() ? field.getKey() : path + '.' + field.getKey(), field.getValue(), rows));
            return;
        }
        String text = value.isValueNode() ? value.asString() : flow(value);
        rows.add("| `" + path + "` | " + (text.isEmpty() ? "" : '`' + text + "` ") + '|');
    }

    /** As YAML's flow style has it, with quotes around what is empty. */
    private static String flow(JsonNode value) {
        return value.toString()
                .replaceAll("\"([^\"]+)\"", "$1")
                .replace(":", ": ")
                .replace(",", ", ");
    }
}
