package io.zonecache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.zonecache.cli.command.ExitCodes;
import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.oracle.ChunkOracle;
import io.zonecache.testkit.process.Ports;
import io.zonecache.testkit.process.Workspace;
import io.zonecache.testkit.s3.S3Control;
import io.zonecache.testkit.s3.S3Fault;
import io.zonecache.testkit.s3.S3Options;
import io.zonecache.testkit.s3.S3Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** put, get and status against a real node, with a directory and a real S3 server below. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChunksTest {

    private static final int CHUNK = 512 * 1024;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Workspace workspace = Workspace.create("cli-test");
    private final S3Server s3 = S3Server.start(S3Options.defaults());
    private CliNode node;
    private long seed;

    @TempDir
    private Path directory;

    @BeforeAll
    void startNode() {
        // What AWS tools read where a process has no environment of its own.
        System.setProperty("aws.accessKeyId", S3Control.ACCESS_KEY);
        System.setProperty("aws.secretAccessKey", S3Control.SECRET_KEY);
        node = new CliNode(workspace);
    }

    @AfterAll
    void stop() {
        System.clearProperty("aws.accessKeyId");
        System.clearProperty("aws.secretAccessKey");
        workspace.close();
        s3.close();
    }

    @BeforeEach
    void freshChunks() {
        seed++;
    }

    @AfterEach
    void calm() {
        s3.setFault(S3Fault.NONE);
    }

    @Test
    void shouldGiveBackAFileByItsKeys() throws Exception {
        Path file = file(2 * CHUNK + 77);

        List<String> keys = put(file);

        assertThat(keys).hasSize(3).allSatisfy(key -> assertThat(key).hasSize(64));
        Path back = get(keys);
        assertThat(back).hasSameBinaryContentAs(file);
        assertThat(directory.toFile().list()).as("no part is left").hasSize(2);
    }

    @Test
    void shouldPutAFileTogetherFromMoreChunksThanAreInFlight() throws Exception {
        Path file = file(50 * 1_000 + 1);

        List<String> keys = put(file, "--chunk-size", "1000B");

        assertThat(keys).hasSize(51);
        assertThat(get(keys)).hasSameBinaryContentAs(file);
    }

    @Test
    void shouldStoreAnEmptyFileAsNoChunks() throws Exception {
        Cli.Result result = Cli.run("put", file(0).toString(), "--nodes", node.address());

        assertThat(result.exitCode()).isEqualTo(ExitCodes.DONE);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("is empty: it has no chunks");
    }

    @Test
    void shouldFillTheZoneFromADirectory() throws Exception {
        shouldFillTheZoneFrom("--origin", "file:" + Files.createDirectory(directory.resolve("origin")));
    }

    @Test
    void shouldFillTheZoneFromS3() throws Exception {
        shouldFillTheZoneFrom("--origin", "s3://" + S3Control.BUCKET + "/some/prefix", "--s3-endpoint", endpoint());
    }

    @Test
    void shouldSendS3NoCredentialsIfTold() throws Exception {
        Path file = file(CHUNK);
        String[] put = {
            "put",
            file.toString(),
            "--nodes",
            node.address(),
            "--origin",
            "s3://" + S3Control.BUCKET,
            "--s3-endpoint",
            endpoint(),
            "--s3-unsigned"
        };

        Cli.Result refused = Cli.run(put);

        assertThat(refused.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(refused.err()).contains("403 AccessDenied");
    }

    @Test
    void shouldKeepNothingInTheZoneThatACustomerKeyEncrypts() throws Exception {
        Path file = file(1_000);
        String key = ChunkKey.sha256Of(Files.readAllBytes(file)).toHex();
        Path list = Files.writeString(directory.resolve("list"), key + "\n");
        Path customerKey = Files.write(directory.resolve("key"), new byte[32]);
        for (String[] command : new String[][] {{"put", file.toString()}, {"warm", "--list", list.toString()}}) {
            List<String> arguments = new ArrayList<>(List.of(command));
            arguments.addAll(List.of("--nodes", node.address(), "--origin-setting", "customerKeyFile=" + customerKey));
            arguments.addAll(List.of(s3Origin()));
            Cli.Result refused = Cli.run(arguments.toArray(String[]::new));
            assertThat(refused.exitCode()).as(refused.err()).isEqualTo(ExitCodes.USAGE);
            assertThat(refused.err()).contains("the zone must keep nothing", "writeBackEncrypted=true");
        }
        assertFailure(
                Cli.run(
                        "get",
                        key,
                        "--nodes",
                        node.address(),
                        "--output",
                        directory.resolve("out").toString()),
                "NOT_FOUND",
                key);
    }

    @Test
    void shouldReadACustomerKeyFromAPipe() throws Exception {
        Path pipe = directory.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        CompletableFuture<Path> written = CompletableFuture.supplyAsync(() -> write(pipe, new byte[32]));
        List<String> arguments = new ArrayList<>(List.of("put", file(1_000).toString(), "--nodes", node.address()));
        arguments.addAll(List.of("--origin-setting", "customerKeyFile=" + pipe));
        arguments.addAll(List.of("--origin-setting", "writeBackEncrypted=true"));
        arguments.addAll(List.of(s3Origin()));

        Cli.Result put = Cli.run(arguments.toArray(String[]::new));

        assertThat(put.err()).doesNotContain("customerKeyFile");
        assertThat(written).as(put.err()).isCompletedWithValue(pipe);
    }

    private static Path write(Path file, byte[] bytes) {
        try {
            return Files.write(file, bytes, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldTellS3WhoPaysIfTold() throws Exception {
        Queue<List<String>> payers = new ConcurrentLinkedQueue<>();
        HttpServer bucket = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        bucket.createContext("/", exchange -> {
            payers.add(exchange.getRequestHeaders().getOrDefault("x-amz-request-payer", List.of()));
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        bucket.start();
        try {
            String at = "http://127.0.0.1:" + bucket.getAddress().getPort();
            String[] warm = {
                "warm", "--nodes", node.address(), "--object", "s3://b/k", "--origin", "s3://b", "--s3-endpoint", at
            };
            Cli.run(warm);
            Cli.run(Stream.concat(Stream.of(warm), Stream.of("--s3-requester-pays"))
                    .toArray(String[]::new));
        } finally {
            bucket.stop(0);
        }
        assertThat(payers).containsExactly(List.of(), List.of("requester"));
    }

    @Test
    void shouldGiveBackAFileByItsList() throws Exception {
        Path file = file(3 * CHUNK + 9);
        Path list = directory.resolve("list");

        Cli.Result put = Cli.run("put", file.toString(), "--nodes", node.address(), "--list", list.toString());

        assertThat(put.exitCode()).as(put.err()).isEqualTo(ExitCodes.DONE);
        assertThat(put.out()).isEmpty();
        assertThat(Files.readAllLines(list)).hasSize(4);
        Files.writeString(list, "# with a remark\n\n" + Files.readString(list));
        Path back = directory.resolve("back");
        Cli.Result get =
                Cli.run("get", "--list", list.toString(), "--nodes", node.address(), "--output", back.toString());
        assertThat(get.exitCode()).as(get.err()).isEqualTo(ExitCodes.DONE);
        assertThat(back).hasSameBinaryContentAs(file);
    }

    @Test
    void shouldSayWhichLineOfAListIsNoKey() throws Exception {
        Path list = Files.writeString(directory.resolve("list"), "# keys\nabc\n");

        assertFailure(
                Cli.run("get", "--list", list.toString(), "--nodes", node.address()),
                "--list " + list + ", line 2: ",
                "\"abc\" has 3 characters");
        assertFailure(
                Cli.run("get", "--list", directory.resolve("none").toString(), "--nodes", node.address()),
                "--list",
                "none: not found");
    }

    @Test
    void shouldWarmAZoneAheadOfUse() throws Exception {
        Path list = Files.write(directory.resolve("list"), put(file(5 * CHUNK), s3Origin()));
        node.empty();

        JsonNode cold = warm(ExitCodes.DONE, "--list", list.toString());
        JsonNode again = warm(ExitCodes.DONE, "--list", list.toString(), "--rate", "0");

        assertThat(cold.get("fromOrigin").asInt()).isEqualTo(5);
        assertThat(cold.get("bytes").asInt()).isEqualTo(5 * CHUNK);
        assertThat(again.get("fromZone").asInt()).isEqualTo(5);
        Files.writeString(list, "ab".repeat(32) + "\n" + Files.readString(list));
        JsonNode failed = warm(ExitCodes.FAILED, "--list", list.toString());
        assertThat(failed.get("chunks").asInt()).isEqualTo(6);
        assertThat(failed.get("failed").asInt()).isEqualTo(1);
        assertThat(failed.get("fromZone").asInt()).as("the others go on").isEqualTo(5);
    }

    @Test
    void shouldWarmAZoneThatNamesChunksByTheirHashWithAnObject() throws Exception {
        List<String> keys = put(file(1_000), s3Origin());
        String object = "s3://" + S3Control.BUCKET + "/faults/" + keys.get(0).substring(0, 2) + "/" + keys.get(0);

        JsonNode cold = warm(ExitCodes.DONE, "--object", object);
        JsonNode again = warm(ExitCodes.DONE, "--object", object);

        assertThat(cold.get("fromOrigin").asInt()).isEqualTo(1);
        assertThat(cold.get("bytes").asInt()).isEqualTo(1_000);
        assertThat(again.get("fromZone").asInt()).isEqualTo(1);
    }

    private JsonNode warm(int exitCode, String... options) throws IOException {
        Path json = directory.resolve("json");
        Cli.Result result = Cli.run(warmArguments(json, options));
        assertThat(result.exitCode()).as(result.err()).isEqualTo(exitCode);
        return JSON.readTree(Files.readString(json));
    }

    private String[] warmArguments(Path json, String... options) {
        List<String> arguments = new ArrayList<>(List.of("warm", "--nodes", node.address(), "--json", json.toString()));
        arguments.addAll(List.of(s3Origin()));
        arguments.addAll(List.of(options));
        return arguments.toArray(String[]::new);
    }

    @Test
    void shouldTellFactsAsJson() throws Exception {
        Path file = file(CHUNK + 1);

        Cli.Result put = Cli.run("put", file.toString(), "--nodes", node.address(), "--json", "-");

        JsonNode facts = JSON.readTree(put.out());
        assertThat(facts.get("bytes").asLong()).isEqualTo(CHUNK + 1);
        assertThat(facts.get("chunks")).hasSize(2);
        assertThat(facts.at("/chunks/1/bytes").asInt()).isEqualTo(1);
        assertThat(facts.at("/chunks/0/acknowledged").asInt()).isEqualTo(1);
    }

    @Test
    void shouldSayWhichChunkIsNotThere() throws Exception {
        String key = new ChunkOracle(seed, 10).key(0).toHex();
        Path back = directory.resolve("back");

        Cli.Result missing = Cli.run("get", key, "--nodes", node.address(), "--output", back.toString());
        Cli.Result absent = Cli.run(
                "get", key, "--nodes", node.address(), "--output", back.toString(), "--origin", "file:" + directory);

        assertFailure(missing, "NOT_FOUND", key);
        assertFailure(absent, "ABSENT", key);
        assertThat(directory).isEmptyDirectory();
    }

    @ParameterizedTest
    @CsvSource({
        "FORBIDDEN, ORIGIN_FAILED, 403",
        "INTERNAL_ERROR, ORIGIN_FAILED, 500",
        "GARBAGE, ORIGIN_FAILED, ''",
        "WRONG_BYTES, ORIGIN_FAILED, ''",
        "TRUNCATED, ORIGIN_FAILED, ''",
        "RESET, ORIGIN_FAILED, ''",
        "HANG, '', ''"
    })
    void shouldFailInOneLineWhenTheOriginIsBad(S3Fault fault, String code, String detail) throws Exception {
        List<String> keys = put(file(1_000), s3Origin());
        node.empty();
        s3.setFault(fault);

        // Where it does answer, the retries' pauses take 3 s.
        Cli.Result result = get(keys, "--deadline", fault == S3Fault.HANG ? "6" : "20");

        assertFailure(result, code, detail);
        assertThat(directory.resolve("back")).doesNotExist();
        s3.setFault(S3Fault.NONE);
        assertThat(Cli.run("status", "--nodes", node.address()).exitCode()).isEqualTo(ExitCodes.DONE);
    }

    @Test
    void shouldFailInOneLineWhenTheOriginIsDown() throws Exception {
        String nowhere = "http://127.0.0.1:" + Ports.free();
        Path file = file(1_000);

        Cli.Result put = Cli.run(
                "put", file.toString(), "--nodes", node.address(), "--origin", "s3://b", "--s3-endpoint", nowhere);

        assertFailure(put, "ORIGIN_FAILED", "s3://b");
    }

    @Test
    void shouldSayWhyTheOriginCannotBeReached() throws Exception {
        // Too long for a label, so that no resolver is asked.
        String unknown = "n".repeat(64);
        Path list = Files.writeString(
                directory.resolve("list"), new ChunkOracle(seed, 10).key(0).toHex() + "\n");

        Cli.Result chunks = Cli.run(withoutHost(unknown, "--list", list.toString()));
        Cli.Result object = Cli.run(withoutHost(unknown, "--object", "s3://b/key"));

        for (Cli.Result result : List.of(chunks, object)) {
            assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCodes.FAILED);
            assertThat(result.err()).contains("ORIGIN_FAILED", unknown, "UnknownHostException");
        }
    }

    private String[] withoutHost(String host, String... chunks) {
        List<String> arguments = new ArrayList<>(List.of("warm", "--nodes", node.address(), "--origin", "s3://b"));
        arguments.addAll(List.of("--s3-endpoint", "http://" + host + ":9000", "--deadline", "20"));
        arguments.addAll(List.of(chunks));
        return arguments.toArray(String[]::new);
    }

    @Test
    void shouldFailInOneLineWhenTheZoneIsDown() throws Exception {
        Path file = file(1_000);

        Cli.Result put = Cli.run("put", file.toString(), "--nodes", "127.0.0.1:" + Ports.free(), "--deadline", "10");

        assertFailure(put, "ZONE_UNCERTAIN: chunk ", "no node of the zone answered (expected: one); ");
        assertThat(put.err()).contains("Connection refused");
    }

    @Test
    void shouldShowTheZone() throws Exception {
        Cli.Result text = Cli.run("status", "--nodes", node.address());
        Cli.Result json = Cli.run("status", "--nodes", node.address(), "--json", "-");

        assertThat(text.out())
                .contains("zone " + CliNode.ZONE + ", epoch ")
                .contains("1 of 1 nodes up")
                .contains("n1  " + node.address() + "  up");
        JsonNode facts = JSON.readTree(json.out());
        assertThat(facts.get("zone").asText()).isEqualTo(CliNode.ZONE);
        assertThat(facts.at("/nodes/0/id").asText()).isEqualTo("n1");
        assertThat(facts.at("/nodes/0/answers").asBoolean()).isTrue();
    }

    @Test
    void shouldSayThatTheJsonFileCannotBeWritten() {
        Cli.Result result = Cli.run(
                "status",
                "--nodes",
                node.address(),
                "--json",
                directory.resolve("no/such/file").toString());

        assertFailure(result, "--json", "no/such not found (expected: a file that can be written)");
    }

    private void shouldFillTheZoneFrom(String... origin) throws Exception {
        Path file = file(2 * CHUNK + 5);
        List<String> keys = put(file, origin);
        node.empty();

        JsonNode first = facts(keys, file, origin);
        JsonNode second = facts(keys, file, origin);

        assertThat(first.get("fromOrigin").asInt()).isEqualTo(3);
        assertThat(second.get("fromOrigin").asInt()).isZero();
        assertThat(second.get("fromZone").asInt()).isEqualTo(3);
    }

    private JsonNode facts(List<String> keys, Path file, String... origin) throws IOException {
        Path json = directory.resolve("facts.json");
        List<String> options = new ArrayList<>(List.of(origin));
        options.addAll(List.of("--json", json.toString()));
        Cli.Result result = get(keys, options.toArray(String[]::new));
        assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCodes.DONE);
        assertThat(directory.resolve("back")).hasSameBinaryContentAs(file);
        return JSON.readTree(Files.readString(json));
    }

    private static void assertFailure(Cli.Result result, String code, String detail) {
        assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCodes.FAILED);
        assertThat(result.err().lines()).as(result.err()).hasSize(1);
        assertThat(result.err()).contains(code).contains(detail).doesNotContain("CompletionException");
    }

    private List<String> put(Path file, String... options) {
        List<String> arguments = new ArrayList<>(List.of("put", file.toString(), "--nodes", node.address()));
        arguments.addAll(List.of(options));
        Cli.Result result = Cli.run(arguments.toArray(String[]::new));
        assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCodes.DONE);
        return result.outLines();
    }

    private Path get(List<String> keys) {
        Cli.Result result = get(keys, new String[0]);
        assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCodes.DONE);
        return directory.resolve("back");
    }

    private Cli.Result get(List<String> keys, String... options) {
        List<String> arguments = new ArrayList<>(List.of("get"));
        arguments.addAll(keys);
        arguments.addAll(List.of(
                "--nodes", node.address(), "--output", directory.resolve("back").toString()));
        arguments.addAll(List.of(options.length > 0 && options[0].equals("--deadline") ? s3Origin() : new String[0]));
        arguments.addAll(List.of(options));
        return Cli.run(arguments.toArray(String[]::new));
    }

    private String[] s3Origin() {
        return new String[] {"--origin", "s3://" + S3Control.BUCKET + "/faults", "--s3-endpoint", endpoint()};
    }

    private String endpoint() {
        return s3.endpoint().toString();
    }

    private Path file(int bytes) throws IOException {
        byte[] content = bytes == 0 ? new byte[0] : new ChunkOracle(seed, bytes).chunk(0);
        return Files.write(directory.resolve("file"), content);
    }
}
