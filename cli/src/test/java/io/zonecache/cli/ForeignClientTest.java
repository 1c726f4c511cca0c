package io.zonecache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.StatRequest;
import io.zonecache.client.origin.s3.S3Origin;
import io.zonecache.client.origin.s3.S3OriginOptions;
import io.zonecache.client.origin.s3.S3OriginOptions.StaticCredentials;
import io.zonecache.server.CacheNode;
import io.zonecache.server.config.NodeConfig;
import io.zonecache.testkit.oracle.ChunkOracle;
import io.zonecache.testkit.process.Ports;
import io.zonecache.testkit.s3.S3Control;
import io.zonecache.testkit.s3.S3Options;
import io.zonecache.testkit.s3.S3Server;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
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

/** A client in another language, written from docs/formats.md alone, and ours understand each other through a real zone. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForeignClientTest {

    private static final int NODES = 5;
    private static final int CHUNK_BYTES = 512 * 1024;
    private static final ChunkOracle CHUNKS = new ChunkOracle(20_261_123, CHUNK_BYTES);

    @TempDir
    private static Path directory;

    private final List<CacheNode> nodes = new ArrayList<>();

    @BeforeAll
    void startZone() throws IOException {
        Files.copy(
                getClass().getResourceAsStream("/foreign/zonecache_client.py"),
                directory.resolve("zonecache_client.py"));
        List<Integer> clusterPorts = Ports.free(NODES);
        String peers = clusterPorts.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
        for (int i = 0; i < NODES; i++) {
            nodes.add(CacheNode.start(NodeConfig.of(Map.of(
                    "zone", "foreign",
                    "id", "n" + i,
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
    void shouldReadWhatTheOtherOneWroteAlsoWithoutANode() throws Exception {
        Path ours = file("ours", 0, 3, 1_000);
        Path theirs = file("theirs", 10, 12, 77_777);
        List<String> ourKeys = cli("put", ours.toString(), "--nodes", address()).outLines();
        List<String> theirKeys = python("put", theirs.toString()).lines().toList();
        assertThat(ourKeys).hasSize(4).startsWith(CHUNKS.key(0).toHex());
        assertThat(theirKeys).hasSize(3).startsWith(CHUNKS.key(10).toHex());

        assertReadable(ourKeys, ours, theirKeys, theirs);
        // One stripe of every chunk is gone now: both must compute it from the others.
        nodes.remove(NODES - 1).close();
        assertReadable(ourKeys, ours, theirKeys, theirs);
    }

    @Test
    void shouldFollowPurgesAndFillUnderALeaseThatItAsksForWithANonce() throws Exception {
        Path file = file("leased", 20, 20, 50_000);
        List<String> keys = new ArrayList<>();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptionsMatching(e -> true)
                .until(() -> {
                    keys.addAll(
                            python("put", file.toString(), "--lease").lines().toList());
                    return true;
                });
        String before = python("purges").split("\"", -1)[3];
        assertThat(before).isEqualTo("0-0000000000000000");

        purge(keys.get(0));

        assertThat(python("purges", "--since", before))
                .startsWith("{\"token\": \"1-")
                .contains("\"complete\": true, \"keys\": [\"" + keys.get(0) + "\"]");
        assertThat(python("purges", "--since", "9-0123456789abcdef")).contains("\"complete\": false, \"keys\": []");
    }

    @Test
    void shouldReadARangeOfAnObjectBesideTheHashedChunkOfTheSameBytes() throws Exception {
        Path file = file("object", 30, 30, 60_000);
        System.setProperty("aws.accessKeyId", S3Control.ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", S3Control.SECRET_KEY);
        try (S3Server s3 = S3Server.start(S3Options.defaults())) {
            String prefix = "s3://" + S3Control.BUCKET + "/objects";
            String[] origin = {
                "--origin", prefix, "--s3-endpoint", s3.endpoint().toString(), "--nodes", address()
            };
            String key = cli(join("put", List.of(file.toString()), origin))
                    .outLines()
                    .get(0);
            String uri = prefix + "/" + key.substring(0, 2) + "/" + key;
            cli(join("warm", List.of("--object", uri), origin));
            int bytes = (int) Files.size(file);
            ObjectRange range = new ObjectRange(uri, etag(prefix, s3.endpoint(), uri), 0, bytes);

            Path read = directory.resolve("read");
            String output = read.toString();
            python("get-range", uri, range.etag(), "0", Integer.toString(bytes), "--output", output);
            assertThat(read).hasSameBinaryContentAs(file);
            python("get", key, "--output", output);
            assertThat(read).hasSameBinaryContentAs(file);
        } finally {
            System.clearProperty("aws.accessKeyId");
            System.clearProperty("aws.secretAccessKey");
        }
    }

    @Test
    void shouldTellOnlyReadersOfRangesThatARangeIsAbsent() throws Exception {
        String key = new ObjectRange("s3://bucket/gone", "\"1\"", 0, 10).key().toHex();
        Awaitility.await("a node grants nothing in its first seconds")
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptionsMatching(e -> true)
                .until(() ->
                        python("lease", key, "--range", "--outcome", "absent").contains("\"lease\": "));
        assertThat(python("lease", key, "--range")).contains("ABSENT");
        assertThat(python("lease", key, "--outcome", "absent")).contains("\"lease\": ");
    }

    private static String etag(String prefix, URI endpoint, String uri) {
        S3OriginOptions options = S3OriginOptions.builder()
                .endpoint(endpoint)
                .credentials(new StaticCredentials(S3Control.ACCESS_KEY, S3Control.SECRET_KEY, null))
                .build();
        try (Origin origin = S3Origin.open(prefix, options)) {
            return origin.stat(StatRequest.of(uri, 20_000)).join().etag();
        }
    }

    private void purge(String key) throws Exception {
        String token =
                Files.readString(directory.resolve("n0").resolve("admin-token")).trim();
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + nodes.get(0).adminPort() + "/v1/purge/" + key))
                .header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(HttpClient.newHttpClient()
                        .send(request, HttpResponse.BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    private void assertReadable(List<String> ourKeys, Path ours, List<String> theirKeys, Path theirs) throws Exception {
        Path read = directory.resolve("read");
        python(join("get", ourKeys, "--output", read.toString()));
        assertThat(read).hasSameBinaryContentAs(ours);
        cli(join("get", theirKeys, "--nodes", address(), "--output", read.toString()));
        assertThat(read).hasSameBinaryContentAs(theirs);
    }

    private Path file(String name, int from, int to, int tailBytes) throws IOException {
        Path file = directory.resolve(name);
        try (var out = Files.newOutputStream(file)) {
            for (int i = from; i < to; i++) {
                out.write(CHUNKS.chunk(i));
            }
            out.write(CHUNKS.chunk(to), 0, tailBytes);
        }
        return file;
    }

    private String address() {
        return nodes.get(0).address();
    }

    private static Cli.Result cli(String... arguments) {
        Cli.Result result = Cli.run(arguments);
        assertThat(result.exitCode()).as(result.err()).isZero();
        return result;
    }

    private String python(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("python3", "zonecache_client.py", "--node", address()));
        command.addAll(List.of(arguments));
        Path output = directory.resolve("python.out");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(output.toFile())
                .redirectErrorStream(true)
                .start();
        try {
            assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        String said = Files.readString(output);
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }

    private static String[] join(String first, List<String> middle, String... last) {
        List<String> all = new ArrayList<>(List.of(first));
        all.addAll(middle);
        all.addAll(List.of(last));
        return all.toArray(new String[0]);
    }
}
