package io.zonecache.cli.output;

import io.zonecache.model.IoReasons;
import java.io.IOException;

/** Output could not be written; the message is the one line that the user gets. */
public final class OutputException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What the C library calls EPIPE. */
    private static final String READER_HAS_GONE = "Broken pipe";

    private final boolean readerHasGone;

    OutputException(String where, String found, String expected) {
        super(where + ": " + found + " (expected: " + expected + ")");
        this.readerHasGone = false;
    }

    OutputException(String where, IOException cause) {
        super(where + ": " + IoReasons.of(cause) + " (expected: all of the output to be written)", cause);
        this.readerHasGone = READER_HAS_GONE.equals(cause.getMessage());
    }

    /** Whether the other end of a pipe was closed, as {@code head} does once it has seen enough. */
    public boolean readerHasGone() {
        return readerHasGone;
    }
}
