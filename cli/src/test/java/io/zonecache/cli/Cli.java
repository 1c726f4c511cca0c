package io.zonecache.cli;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Consumer;

/** Runs a command in this JVM and keeps what it says. */
final class Cli {

    private Cli() {}

    /** How it ended. */
    record Result(int exitCode, String out, String err) {

        List<String> outLines() {
            return out.lines().toList();
        }
    }

    static Result run(String... arguments) {
        return run(said -> {}, arguments);
    }

    /** @param onError hears what the command writes to its standard error, as it does */
    static Result run(Consumer<String> onError, String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Result result = run(out, onError, arguments);
        return new Result(result.exitCode(), out.toString(StandardCharsets.UTF_8), result.err());
    }

    /** @param out standard output, which the result then lacks */
    static Result runInto(OutputStream out, String... arguments) {
        return run(out, said -> {}, arguments);
    }

    private static Result run(OutputStream out, Consumer<String> onError, String... arguments) {
        StringWriter err = new StringWriter() {
            @Override
            public void write(String said, int from, int length) {
                super.write(said, from, length);
                onError.accept(said.substring(from, from + length));
            }
        };
        int exitCode = Main.commandLine(out).setErr(new PrintWriter(err, true)).execute(arguments);
        return new Result(exitCode, "", err.toString());
    }
}
