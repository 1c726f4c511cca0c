package io.zonecache.cli.output;

import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Model.CommandSpec;

/** Standard output of every command, as text in UTF-8 and as bytes. What can't be written throws {@link OutputException}. */
public final class StandardOutput extends PrintWriter {

    private final CheckedOutput bytes;

    /** @param out not buffered: a failure then belongs to what is being written */
    public StandardOutput(OutputStream out) {
        this(new CheckedOutput("standard output", out));
    }

    private StandardOutput(CheckedOutput bytes) {
        super(new OutputStreamWriter(bytes, StandardCharsets.UTF_8));
        this.bytes = bytes;
    }

    /** The one that a command was given. */
    static StandardOutput of(CommandSpec spec) {
        return (StandardOutput) spec.commandLine().getOut();
    }

    /** For what is not text; the text before it must have been flushed. */
    CheckedOutput bytes() {
        return bytes;
    }
}
