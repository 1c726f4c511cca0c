package io.zonecache.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigDescriptionTest {

    private static final String SECRET = "0123456789abcdef";

    @TempDir
    Path directory;

    @Test
    void shouldSayWhatIsInForceAndWhereItCameFrom() throws Exception {
        Path file = Files.writeString(
                directory.resolve("node.yaml"),
                "zone: use1-az1\nid: from-file\nmemory: 1GiB\npeers: [\"a:1\", \"b:2\", \"c:3\"]\n");
        NodeConfigReader reader = new NodeConfigReader()
                .withImageDefaults(Map.of("bind", "0.0.0.0", "advertise", "10.0.0.7", "id", "from-image"))
                .withFile(file)
                .withEnvironment(Map.of("ZONECACHE_ID", "from-env", "ZONECACHE_PORT", "8400"))
                .withFlag(Setting.PORT, "9400");
        assertThat(lines(reader))
                .contains(
                        "zone: \"use1-az1\" # file " + file,
                        "id: \"from-env\" # environment ZONECACHE_ID",
                        "data-dir: \"zonecache-data\" # default",
                        "port: 9400 # flag --port",
                        "peers: \"a:1,b:2,c:3\" # file " + file,
                        "# kubernetes-service: none # default",
                        "expected-nodes: 3 # default",
                        "memory: 1GiB # file " + file,
                        "bind: \"0.0.0.0\" # image",
                        "advertise: \"10.0.0.7\" # image",
                        "domain: \"from-env\" # default",
                        "code: \"xor:2-of-3\" # default",
                        "max-bytes-in-flight: 134217728 # default",
                        "out-after: 5m # default")
                .hasSize(Setting.values().length);
    }

    @Test
    void shouldBeAFileThatAnotherNodeReadsTheSame() throws Exception {
        NodeConfigReader reader = new NodeConfigReader()
                .withFlag(Setting.ID, "0123")
                .withFlag(Setting.DATA_DIR, "/a \"b\\c\"/#d: e")
                .withFlag(Setting.CODE, "reed_solomon:4-of-6")
                .withFlag(Setting.EXPECTED_NODES, "6")
                .withFlag(Setting.ADVERTISE, "[fd00::7]:7400");
        NodeConfig config = reader.read();
        Path file = Files.writeString(directory.resolve("printed.yaml"), reader.describe(config));
        assertThat(new NodeConfigReader().withFile(file).read()).isEqualTo(config);
    }

    @Test
    void shouldPrintTheNameOfASecretsFileOnly() throws Exception {
        Path secret = Files.writeString(directory.resolve("zone-secret"), SECRET);
        NodeConfigReader reader = new NodeConfigReader().withFlag(Setting.SECRET_FILE, secret.toString());
        assertThat(reader.describe(reader.read())).contains(secret.toString()).doesNotContain(SECRET);
    }

    @Test
    void shouldNotEchoASecretThatSomebodyPutIntoASetting() {
        for (String key : List.of("secret", "admin-token", "password", "SecretKey")) {
            assertThatThrownBy(() -> NodeConfig.of(Map.of(key, SECRET)))
                    .hasMessageContaining(key + ": ***")
                    .hasMessageNotContaining(SECRET);
        }
    }

    private static List<String> lines(NodeConfigReader reader) {
        return reader.describe(reader.read())
                .lines()
                .map(line -> line.replaceAll(" +", " "))
                .toList();
    }
}
