package io.zonecache.cli.command;

import io.zonecache.model.IoReasons;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What a command reads: a file, or standard input, which {@code -} stands for.
 *
 * @param what of the command it is, such as an option
 */
record Input(String what, Path file) {

    private static final String STANDARD_INPUT = "-";

    boolean isStandardInput() {
        return file.toString().equals(STANDARD_INPUT);
    }

    /** Closing it leaves standard input open. */
    InputStream open() throws IOException {
        if (!isStandardInput()) {
            return Files.newInputStream(file);
        }
        return new FilterInputStream(System.in) {
            @Override
            public void close() {
                // It is the process's own.
            }
        };
    }

    /** @param expected of the content */
    CommandException failed(IOException failure, String expected) {
        return new CommandException(this + ": " + IoReasons.of(failure) + " (expected: " + expected + ")");
    }

    @Override
    public String toString() {
        return what + " " + (isStandardInput() ? "- (standard input)" : file);
    }
}
