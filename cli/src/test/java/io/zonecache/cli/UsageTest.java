package io.zonecache.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.cli.command.ExitCodes;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UsageTest {

    private static final String KEY = "ab".repeat(32);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "'' | Missing command",
                "frobnicate | Unmatched argument",
                "put --nodes 127.0.0.1:1 | Missing required parameter: 'FILE'",
                "put FILE | Missing required option: '--nodes=HOST:PORT'",
                "put FILE --nodes here | \"here\" (expected: host:port)",
                "put FILE --nodes here:70000 | \"here:70000\" (expected: a port of 1..65535)",
                "put FILE --nodes :7400 | \":7400\" (expected: a host)",
                "put FILE --nodes a:b:7400 | \"a:b:7400\" (expected: an IPv6 address in brackets",
                "status --nodes [fe80::7%eth0]:7400 | (expected: an address without a zone such as %eth0)",
                "status --nodes ::1:7400 | \"::1:7400\" (expected: an IPv6 address in brackets, as in [fd00::7]:7400)",
                "put FILE --nodes a:1 --chunk-size much | \"much\" (expected: a size such as 512KiB or 1MiB)",
                "put FILE --nodes a:1 --chunk-size 0 | --chunk-size: 0 bytes (expected: 1..16MiB)",
                "put FILE --nodes a:1 --chunk-size 17MiB | --chunk-size: 17825792 bytes (expected: 1..16MiB)",
                "put FILE --nodes a:1 --chunk-size 9999MiB | expected: less than 2048MiB",
                "put FILE --nodes a:1 --deadline 0 | --deadline: 0 (expected: 1..600)",
                "put FILE --nodes a:1 --origin ftp://x | --origin: location: \"ftp://x\" (expected: file:DIR or s3://BUCKET",
                "put FILE --nodes a:1 --origin s3://b --origin-setting colour=blue | --origin-setting colour: unknown (expected: one",
                "put FILE --nodes a:1 --origin file:d --origin-setting threads=0 | --origin-setting threads: 0 (expected: 1..10000)",
                "put FILE --nodes a:1 --origin-setting threads=1 | expected: only with --origin",
                "put FILE --nodes a:1 --s3-endpoint http://h:1 | expected: only with --origin s3://BUCKET",
                "put FILE --nodes a:1 --origin s3://b --s3-endpoint ftp://h | --s3-endpoint: ftp://h (expected: http://HOST[:PORT]",
                "put FILE --nodes a:1 --s3-unsigned | --s3-unsigned (expected: only with --origin s3://BUCKET",
                "put FILE --nodes a:1 --origin file:d --s3-requester-pays | --s3-requester-pays (expected: only with",
                "put FILE --nodes a:1 --origin s3://b --origin-setting proxy=h:1 | --origin-setting proxy: h:1 (expected: http://HOST:PORT)",
                "put FILE --nodes a:1 --origin s3://arn:aws:s3:::b | expected: s3://arn:PARTITION:s3:REGION:ACCOUNT:accesspoint",
                "put FILE --nodes a:1 --origin s3://b --origin-setting region | --origin-setting: \"region\" (expected: NAME=VALUE)",
                "put FILE --nodes a:1 --origin s3://b --origin-setting =x | --origin-setting: \"=x\" (expected: NAME=VALUE)",
                "put FILE --nodes a:1 --origin s3://b --origin-setting region=a --origin-setting region=b | --origin-setting region: twice (expected: one)",
                "put FILE --nodes a:1 --origin s3://b --s3-endpoint http://h --origin-setting endpoint=http://i | --s3-endpoint, --origin-setting endpoint: both (expected: one)",
                "put FILE --nodes a:1 --origin s3://b --s3-unsigned --origin-setting unsigned=false | --s3-unsigned, --origin-setting unsigned: both",
                "put FILE --nodes a:1 --list - --json - | --json -: also that of --list (expected: another file)",
                "get KEY --nodes a:1 --output same --json ./same | --json ./same: also that of --output (expected: another file)",
                "get --nodes a:1 | KEY, --list FILE: neither (expected: one)",
                "get KEY --list x --nodes a:1 | KEY, --list FILE: both (expected: one)",
                "warm --nodes a:1 | Missing required argument",
                "warm --list x --object s3://b/k --nodes a:1 | mutually exclusive",
                "warm --list x --nodes a:1 | --origin: none (expected: where the chunks come from)",
                "warm --list x --nodes a:1 --origin s3://b --rate -1 | --rate: -1 (expected: 0..1000000)",
                "warm --object s3://b/k --nodes a:1 --origin s3://b --chunk-size 0 | --chunk-size: 0 bytes",
                "get xyz --nodes a:1 | key: \"xyz\" has 3 characters (expected: 64 lower-case hex digits)",
                "get KEY --nodes a:1 --json - | --json -: also that of --output (expected: another file)",
                "status | Missing required option: '--nodes=HOST:PORT'",
                "demo --reads many | \"many\"",
                "bench | Missing what to measure (expected: storage, cluster, herd, refill, faults or clients)",
                "bench storage --seconds 0 | --seconds: 0 (expected: 1..3600)",
                "bench storage --runs many | \"many\"",
                "bench cluster --peer ehcache | \"ehcache\"",
                "bench herd --clients 1 | --clients: 1 (expected: 2..200)",
                "bench herd --readers 19 | --readers: 19 (expected: 20..1000000)",
                "bench refill --budgets 16,9 | --budgets: 9 (expected: 10..100000)",
                "bench cluster --readers 1,0 | --readers: 0 (expected: 1..128)",
                "bench cluster --readers 129 | --readers: 129 (expected: 1..128)",
                "bench clients --other x --readers 129 | --readers: 129 (expected: 1..128)",
                "bench faults --rate 0 | --rate: 0 (expected: 1..100000)",
                "bench cluster --turns 0 | --turns: 0 (expected: 1..100)",
            })
    void shouldSayWhatIsWrongAndEndWithTwo(String line, String message) {
        String arguments = line.replace("KEY", KEY);

        Cli.Result result = Cli.run(arguments.isEmpty() ? new String[0] : arguments.split(" ", -1));

        assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCodes.USAGE);
        assertThat(result.err().replace('\'', '"'))
                .startsWith("zonecache")
                .contains(message.replace('\'', '"'))
                .contains("--help")
                .doesNotContain("Exception");
        assertThat(result.out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "put",
                "get",
                "warm",
                "status",
                "simulate",
                "bench",
                "bench storage",
                "bench cluster",
                "bench herd",
                "bench refill",
                "bench faults",
                "bench clients",
                "serve"
            })
    void shouldHelpAStranger(String command) {
        Cli.Result result = Cli.run((command + " --help").split(" ", -1));

        assertThat(result.exitCode()).isEqualTo(ExitCodes.DONE);
        assertThat(result.out()).contains("Usage: zonecache " + command).doesNotContain("--reads");
        if (!command.equals("serve")) {
            assertThat(result.out()).contains("Examples:").contains("Exit codes:");
        }
        assertThat(Cli.run("--help").out()).contains(command.split(" ", -1)[0]);
    }

    @Test
    void shouldTellItsVersion() {
        assertThat(Cli.run("--version").out()).startsWith("zonecache ").contains("Java");
    }

    @Test
    void shouldFailInOneLineWhenNoNodeAnswers() {
        Cli.Result result = Cli.run("status", "--nodes", "127.0.0.1:1,127.0.0.1:2");

        assertThat(result.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(result.err().lines()).hasSize(1);
        assertThat(result.err()).contains("no node answered: 127.0.0.1:1 does not answer (connection refused");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "put DIRECTORY --nodes 127.0.0.1:1 | file DIRECTORY: Is a directory (expected: a file that can be read)",
                "get --list DIRECTORY --nodes a:1 | --list DIRECTORY: Is a directory (expected: a list of keys, a line each)",
                "get --list BINARY --nodes a:1 | --list BINARY: not UTF-8 text (expected: a list of keys, a line each)",
                "get --list ABSENT --nodes a:1 | --list ABSENT: not found (expected: a list of keys, a line each)",
                "demo DIRECTORY | file DIRECTORY: Is a directory (expected: a readable file)",
                "demo ABSENT | file ABSENT: not found (expected: a readable file)",
                "bench storage --data-dir BINARY | --data-dir BINARY: exists already (expected: a directory that can be written)",
                "bench storage --memory lots | --memory: \"lots\" (expected: a size such as 256MiB)",
            })
    void shouldSayInWordsWhyAFileCannotBeUsed(String line, String message) throws Exception {
        Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xC3, 0x28});

        Cli.Result result = Cli.run(named(line, binary).split(" ", -1));

        assertThat(result.exitCode()).as(result.err()).isEqualTo(ExitCodes.FAILED);
        assertThat(result.err().lines()).as(result.err()).hasSize(1);
        assertThat(result.err()).contains(named(message, binary)).doesNotContain("Exception");
    }

    private String named(String text, Path binary) {
        return text.replace("DIRECTORY", directory.toString())
                .replace("BINARY", binary.toString())
                .replace("ABSENT", directory.resolve("absent").toString());
    }

    @Test
    void shouldFailInOneLineWhenTheFileIsNotThere() {
        Cli.Result result = Cli.run("put", directory.resolve("absent").toString(), "--nodes", "127.0.0.1:1");

        assertThat(result.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(result.err().lines()).hasSize(1);
        assertThat(result.err()).contains("absent: not found");
    }

    @Test
    void shouldNotRunADemoOnWhatItCannotRead() throws Exception {
        Path empty = Files.createFile(directory.resolve("empty"));

        Cli.Result result = Cli.run("demo", empty.toString());

        assertThat(result.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(result.err()).contains("expected: at least one byte");
    }
}
