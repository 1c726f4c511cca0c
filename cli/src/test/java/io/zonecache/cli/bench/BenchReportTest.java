package io.zonecache.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.cli.command.JsonOption;
import io.zonecache.cli.output.OutputException;
import io.zonecache.cli.output.StandardOutput;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

class BenchReportTest {

    private static final BenchReport REPORT =
            new BenchReport(new Machine("Linux", "17", 2, 0.5, List.of(), "256MiB"), List.of());

    @Test
    void shouldFailWhereItsTableCannotBeWritten() throws Exception {
        try (OutputStream full = new FileOutputStream("/dev/full")) {
            assertThatThrownBy(() -> REPORT.write(spec(full), new JsonOption()))
                    .isInstanceOf(OutputException.class)
                    .hasMessageContaining("standard output: No space left on device");
        }
    }

    @Test
    void shouldWriteTheSameFiguresUnderEveryLocale() {
        Locale before = Locale.getDefault();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            REPORT.write(spec(out), new JsonOption());
        } finally {
            Locale.setDefault(before);
        }
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("2 processors, load 0.5 at the start");
    }

    private static CommandSpec spec(OutputStream out) {
        CommandSpec spec = CommandSpec.create();
        new CommandLine(spec).setOut(new StandardOutput(out));
        return spec;
    }
}
