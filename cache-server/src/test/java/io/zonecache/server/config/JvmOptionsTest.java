package io.zonecache.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The script that launcher and container derive the JVM's flags with, against the split that the node works by. */
class JvmOptionsTest {

    private static final long MIB = 1L << 20;

    @ParameterizedTest
    @CsvSource({
        "128MiB, 128",
        "256MiB, 256",
        "256Mi, 256",
        "268435456, 256",
        "1GiB, 1024",
        "8GiB, 8192",
        "1TiB, 1048576"
    })
    void shouldGiveTheHeapAndDirectMemoryOfTheBudget(String size, long mebibytes) throws Exception {
        MemorySplit split = new MemorySplit(mebibytes * MIB);
        long direct = split.stripesBytes() + split.networkBytes() * 3 / 2 + 32 * MIB;
        String options = run(size).out();
        assertThat(options)
                .contains("-Xms" + split.heapBytes() / 1024 + "k ")
                .contains("-Xmx" + split.maxHeapBytes() / 1024 + "k ")
                .contains("-XX:MaxDirectMemorySize=" + direct / 1024 + "k ");
        assertThat(options.lines()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"256MiB, 17, Serial", "256MiB, 25, Serial", "1GiB, 17, G1", "1GiB, 25, Z"})
    void shouldChooseTheCollectorBySizeAndJava(String size, String javaVersion, String collector) throws Exception {
        assertThat(run(size, javaVersion).out()).contains("-XX:+Use" + collector + "GC ");
    }

    @Test
    void shouldGiveOptionsThatThisJvmTakes() throws Exception {
        String java = System.getProperty("java.home") + "/bin/java";
        Process process = new ProcessBuilder("sh", "-c", java + " $(" + script() + " 256MiB) -version")
                .redirectErrorStream(true)
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isZero();
        assertThat(out).doesNotContainIgnoringCase("warning");
    }

    @ParameterizedTest
    @ValueSource(strings = {"much", "12XB", "-5MiB", "MiB"})
    void shouldRefuseWhatIsNoSize(String size) throws Exception {
        Result result = run(size);
        assertThat(result.exitCode()).isEqualTo(2);
        assertThat(result.err()).contains("expected: a size");
    }

    private static Result run(String... arguments) throws Exception {
        Process process = new ProcessBuilder(
                        Stream.concat(Stream.of(script()), Stream.of(arguments)).toList())
                .start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), out, err);
    }

    private static String script() {
        return "src/main/sh/jvm-options.sh";
    }

    private record Result(int exitCode, String out, String err) {}
}
