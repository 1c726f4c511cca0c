package io.zonecache;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What stands in the BOM and in the parent, which the BOM can't ask, has one version. */
class BomTest {

    private static final Pattern VERSION = Pattern.compile("<([a-z0-9-]+\\.version)>([^<$]+)</");

    private static Map<String, String> versions(String pom) throws IOException {
        return VERSION.matcher(Files.readString(Path.of("..").resolve(pom)))
                .results()
                .collect(Collectors.toMap(found -> found.group(1), found -> found.group(2)));
    }

    @Test
    void shouldGiveEachLibraryTheVersionThatTheParentGivesIt() throws IOException {
        Map<String, String> ofBom = versions("bom/pom.xml");
        Map<String, String> ofParent = versions("pom.xml");
        ofBom.keySet().retainAll(ofParent.keySet());
        assertThat(ofBom)
                .isNotEmpty()
                .allSatisfy((name, version) -> assertThat(version).as(name).isEqualTo(ofParent.get(name)));
    }
}
