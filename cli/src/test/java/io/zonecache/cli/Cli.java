package io.zonecache.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine;

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
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter() {
            @Override
            public void write(String said, int from, int length) {
                super.write(said, from, length);
                onError.accept(said.substring(from, from + length));
            }
        };
        CommandLine command =
                Main.commandLine().setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        int exitCode = command.execute(arguments);
        return new Result(exitCode, out.toString(), err.toString());
    }
}
