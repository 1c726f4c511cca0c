package io.zonecache.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void shouldSayOnePlainLineWhereThereIsNoTerminal() {
        Progress progress = progress(false);
        progress.begin("warm", 100);
        progress.update(50);
        progress.end("100 reads");
        progress.clear();

        assertThat(said()).matches("warm      100 reads \\(\\d+\\.\\d s\\)\\R");
    }

    @Test
    void shouldMoveABarOnATerminal() {
        Progress progress = progress(true);
        progress.begin("warm", 100);
        progress.update(50);
        progress.update(1_000);
        progress.clear();

        assertThat(said())
                .contains("[..............................] 0 of 100")
                .contains("[###############...............] 50 of 100")
                .contains("[##############################] 1,000 of 100")
                .endsWith("\r\033[K");
    }

    @Test
    void shouldWriteTheSameDigitsUnderEveryLocale() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
            Progress progress = progress(true);
            progress.begin("warm", 1_234);
            progress.end("done");
        } finally {
            Locale.setDefault(before);
        }
        assertThat(said()).contains("0 of 1,234").containsPattern("done \\(\\d\\.\\d s\\)");
    }

    private Progress progress(boolean terminal) {
        return new Progress(new PrintStream(out, true, StandardCharsets.UTF_8), terminal);
    }

    private String said() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
