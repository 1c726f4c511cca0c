package io.zonecache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.zonecache.cli.command.ExitCodes;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimulateTest {

    /** LRU with room for three hits on the last a and b: 2 of 6. */
    private static final String TEXT = "a\nb\na b\nc\na\nb\n";

    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    private Path directory;

    @Test
    void shouldPrintOneLineForOnePolicyAndCapacity() throws Exception {
        Cli.Result result = Cli.run("simulate", "--policy", "lru", "--capacity", "4", trace(TEXT));
        assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCodes.DONE);
        assertThat(result.outLines()).containsExactly("lru capacity 4 hit ratio 0.3333");
        assertThat(result.err()).isEmpty();
    }

    /** O'Neil, O'Neil, Weikum 1993, table 4.1, by their protocol: strictly alternating pools. */
    @Test
    void shouldReproduceThePapersTable() throws Exception {
        Random random = new Random(1993);
        String trace = trace(IntStream.range(0, 140_000)
                .mapToObj(i -> i % 2 == 0 ? "hot" + random.nextInt(100) : "cold" + random.nextInt(10_000))
                .collect(Collectors.joining("\n")));
        Cli.Result result = Cli.run(
                "simulate", "--policy=lru-1,lru-2,lru-3", "--capacity=60,100,200", "--warmup=20000", "--json=-", trace);
        double[] expected = {0.14, 0.22, 0.37, 0.291, 0.459, 0.505, 0.300, 0.495, 0.505};
        JsonNode results = JSON.readTree(result.out()).get("results");
        assertThat(results).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            assertThat(results.get(i).get("hitRatio").asDouble())
                    .as(results.get(i).toString())
                    .isBetween(expected[i] - 0.01, expected[i] + 0.01);
            assertThat(results.get(i).get("references").asInt()).isEqualTo(120_000);
        }
    }

    @Test
    void shouldAddATableForSeveral() throws Exception {
        Cli.Result result = Cli.run("simulate", "--policy", "LRU,lru-2,lru", "--capacity", "4,2,4", trace(TEXT));
        assertThat(result.outLines())
                .containsExactly(
                        "lru capacity 4 hit ratio 0.3333",
                        "lru capacity 2 hit ratio 0.0000",
                        "lru-2 capacity 4 hit ratio 0.3333",
                        "lru-2 capacity 2 hit ratio 0.0000",
                        "",
                        "capacity     lru   lru-2",
                        "       2  0.0000  0.0000",
                        "       4  0.3333  0.3333");
    }

    @Test
    void shouldTakeCapacitiesInBytesAndSayThemAsTheyWereWritten() throws Exception {
        Cli.Result result = Cli.run(
                "simulate", "--policy", "lru", "--capacity", "512KiB,1GiB", "--entry-bytes", "128KiB", trace(TEXT));
        assertThat(result.outLines())
                .contains(
                        "lru capacity 512KiB hit ratio 0.3333",
                        "lru capacity 1GiB hit ratio 0.3333",
                        "  512KiB  0.3333");
    }

    @ParameterizedTest
    @CsvSource({"1/4, 16", "0.25, 16", "0.001, 4000", "1, 4"})
    void shouldScaleCapacitiesToASampledTrace(String share, String capacity) throws Exception {
        Cli.Result result = Cli.run(
                "simulate", "--policy=lru", "--capacity=" + capacity, "--sample=" + share, "--json=-", trace(TEXT));
        assertThat(JSON.readTree(result.out()).at("/results/0/entries").asInt()).isEqualTo(4);
    }

    @Test
    void shouldReadGzipAndStandardInput() throws Exception {
        Path zipped = directory.resolve("trace.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(zipped))) {
            out.write(TEXT.getBytes(StandardCharsets.UTF_8));
        }
        String[] arguments = {"simulate", "--policy", "fifo", "--capacity", "4"};
        String line = "fifo capacity 4 hit ratio 0.3333";
        assertThat(run(arguments, zipped.toString()).outLines()).containsExactly(line);
        InputStream before = System.in;
        try {
            System.setIn(new ByteArrayInputStream(Files.readAllBytes(zipped)));
            assertThat(run(arguments, "-").outLines()).containsExactly(line);
        } finally {
            System.setIn(before);
        }
    }

    @Test
    void shouldTellFactsAsJsonAndNothingElse() throws Exception {
        Cli.Result result = Cli.run(
                "simulate",
                "--capacity=1KiB",
                "--entry-bytes=256B",
                "--policy=lru-2",
                "--warmup=2",
                "--correlated=3",
                "--history=200",
                "--retained=50",
                "--json=-",
                trace(TEXT));
        JsonNode facts = JSON.readTree(result.out());
        assertThat(facts.get("references").asInt()).isEqualTo(6);
        assertThat(facts.get("keys").asInt()).isEqualTo(4);
        assertThat(facts.get("warmUp").asInt()).isEqualTo(2);
        assertThat(facts.get("correlated").asInt()).isEqualTo(3);
        assertThat(facts.get("historyPercent").asInt()).isEqualTo(200);
        assertThat(facts.get("retained").asInt()).isEqualTo(50);
        assertThat(facts.at("/results/0").toString())
                .isEqualTo("{\"policy\":\"lru-2\",\"capacity\":\"1KiB\",\"entries\":4,\"references\":4,\"hits\":2,"
                        + "\"hitRatio\":0.5}");
    }

    @Test
    void shouldDrawCurvesBesideTheLines() throws Exception {
        Path plot = directory.resolve("curves.svg");
        Path json = directory.resolve("facts.json");
        Cli.Result result = Cli.run(
                "simulate",
                "--capacity=2,4",
                "--plot=" + plot,
                "--json=" + json,
                "--policy=lru,w-tinylfu",
                trace(TEXT));
        assertThat(result.outLines()).hasSize(4 + 1 + 3);
        assertThat(plot).content().startsWith("<svg ").contains("Hit ratio on trace", ">w-tinylfu</text>");
        assertThat(JSON.readTree(json.toFile()).get("results")).hasSize(4);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "TRACE | Missing required option: '--capacity=SIZE'",
                "--capacity 1 | Missing required parameter: 'TRACE'",
                "--capacity 0 TRACE | --capacity: 0 (expected: room for at least 1 entry)",
                "--capacity -1 TRACE | \"-1\" (expected: a number of entries such as 1000, or bytes such as 64MiB or 10GiB)",
                "--capacity 5,x TRACE | \"x\" (expected: a number of entries",
                "--capacity 5,,6 TRACE | \"\" (expected: a number of entries",
                "--capacity 999999999999999TiB TRACE | expected: less than 8388608TiB",
                "--capacity 1MiB TRACE | --capacity: 1MiB (expected: with --entry-bytes)",
                "--capacity 1KiB --entry-bytes 2KiB TRACE | --capacity: 1KiB, which no entry fits (expected: room for at least 1",
                "--capacity 1KiB --entry-bytes 0 TRACE | --entry-bytes: 0 (expected: at least 1)",
                "--capacity 3 --sample 1/4 TRACE | --capacity: 3, which no entry fits (expected: room for at least 1",
                "--capacity 3 --sample 0 TRACE | --sample: \"0\" (expected: a share such as 1/16 or 0.25, up to 1)",
                "--capacity 3 --sample 1/0 TRACE | --sample: \"1/0\" (expected: a share",
                "--capacity 3 --sample 1.5 TRACE | --sample: \"1.5\" (expected: a share",
                "--capacity 3 --policy lru-5 TRACE | --policy: \"lru-5\" (expected: lru, fifo, lru-1 to lru-4 or w-tinylfu)",
                "--capacity 3 --policy lru,,fifo TRACE | --policy: \"\" (expected: lru",
                "--capacity 3 --warmup -1 TRACE | --warmup: -1 (expected: at least 0)",
                "--capacity 3 --warmup 6 TRACE | --warmup: 6 (expected: fewer than the trace's 6 references)",
                "--capacity 3 --warmup many TRACE | \"many\"",
                "--capacity 3 --correlated -1 TRACE | --correlated: -1 (expected: at least 0)",
                "--capacity 3 --history -1 TRACE | --history: \"-1\" (expected: unbounded, or a whole number, 0..1000000)",
                "--capacity 3 --retained 0 TRACE | --retained: \"0\" (expected: unbounded, or a whole number, at least 1)",
                "--capacity 3 --plot x.png TRACE | --plot: \"x.png\" (expected: a file whose name ends in .svg, or -)",
            })
    void shouldSayWhatIsWrongAndEndWithTwo(String line, String message) throws Exception {
        String arguments = "simulate " + line.replace("TRACE", trace(TEXT));

        Cli.Result result = Cli.run(arguments.split(" "));

        assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCodes.USAGE);
        assertThat(result.err().replace('\'', '"'))
                .startsWith("zonecache simulate: ")
                .contains(message.replace('\'', '"'))
                .contains("--help")
                .doesNotContain("Exception");
        assertThat(result.out()).isEmpty();
    }

    @Test
    void shouldFailInOneLineWhenAFileCannotBeReadOrWritten() throws Exception {
        Path cut = Files.write(directory.resolve("cut.gz"), new byte[] {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 1});
        Path head = Files.write(directory.resolve("head.gz"), new byte[] {0x1F, (byte) 0x8B});
        Path damaged =
                Files.write(directory.resolve("damaged.gz"), new byte[] {0x1F, (byte) 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 7});
        String nowhere = directory.resolve("none").resolve("file.svg").toString();
        for (List<String> arguments : List.of(
                List.of(
                        directory.resolve("absent").toString(),
                        "absent: not found (expected: a file of keys, a line each, gzipped or not)"),
                List.of(directory.toString(), "expected: a file of keys"),
                List.of(trace("\n \n"), "empty (expected: a key a line)"),
                List.of(cut.toString(), "cut.gz: the gzip data ends before its end (expected: a file of keys"),
                List.of(head.toString(), "head.gz: the gzip data ends before its end (expected: a file of keys"),
                List.of(damaged.toString(), "damaged.gz: the gzip data is damaged: "),
                List.of(
                        trace(TEXT) + " --plot " + nowhere,
                        "--plot " + nowhere + ": directory " + directory.resolve("none")
                                + " not found (expected: a file that can be written)"),
                List.of(
                        trace(TEXT) + " --json " + nowhere,
                        "--json " + nowhere + ": directory " + directory.resolve("none")
                                + " not found (expected: a file that can be written)"))) {
            Cli.Result result = Cli.run(("simulate --capacity 1 " + arguments.get(0)).split(" "));
            assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCodes.FAILED);
            assertThat(result.err().lines()).as(result.err()).hasSize(1);
            assertThat(result.err()).startsWith("zonecache simulate: ").contains(arguments.get(1));
        }
    }

    private static Cli.Result run(String[] arguments, String last) {
        return Cli.run(IntStream.rangeClosed(0, arguments.length)
                .mapToObj(i -> i < arguments.length ? arguments[i] : last)
                .toArray(String[]::new));
    }

    private String trace(String text) throws Exception {
        return Files.writeString(directory.resolve(text.equals(TEXT) ? "trace" : "other"), text)
                .toString();
    }
}
