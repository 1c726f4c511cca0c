package io.zonecache.testkit.process;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that is not ours to run as a child. It stays in the foreground, gets no input, leaves Ctrl-C to the process that started it,
 * and ends when that process does, even by SIGKILL.
 */
public final class ProgramCommand {

    /** The shell stays, so that the program has a parent whose input ends with this process. */
    private static final String TETHER =
            "trap '' INT; exec 3<&0; \"$@\" < /dev/null 3<&- & child=$!; { cat <&3 > /dev/null; kill -KILL $child; } 2> /dev/null & wait $child";

    private final List<String> line;

    private ProgramCommand(List<String> line) {
        this.line = List.copyOf(line);
    }

    /** @param program found as the shell finds it */
    public static ProgramCommand of(String program, String... arguments) {
        List<String> line = new ArrayList<>(List.of(program));
        line.addAll(List.of(arguments));
        return new ProgramCommand(line);
    }

    ProcessBuilder toProcessBuilder(Path directory, Path tmp) {
        List<String> whole = new ArrayList<>(List.of("/bin/sh", "-c", TETHER, "sh"));
        whole.addAll(line);
        ProcessBuilder builder = new ProcessBuilder(whole).directory(directory.toFile());
        builder.environment().put("TMPDIR", tmp.toString());
        return builder;
    }
}
