package io.zonecache.cli.terminal;

import java.io.PrintStream;
import java.util.Locale;

/**
 * Says on standard error how far a piece of work is: a bar that moves on a terminal, one plain line at its end anywhere else.
 * Thread-safe.
 */
public final class Progress {

    /** Set by the launcher, which can see the terminal; Java 17 can't tell for standard error alone. */
    private static final String TERMINAL_PROPERTY = "zonecache.terminal";

    private static final int BAR_CHARS = 30;
    private static final String ERASE_LINE = "\r\033[K";

    private final PrintStream out;
    private final boolean terminal;
    private String title = "";
    private long total;
    private long startNanos;

    public Progress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    public static Progress onStandardError() {
        return new Progress(System.err, Boolean.getBoolean(TERMINAL_PROPERTY));
    }

    /** A new piece of work. */
    public synchronized void begin(String newTitle, long newTotal) {
        title = newTitle;
        total = newTotal;
        startNanos = System.nanoTime();
        update(0);
    }

    public synchronized void update(long done) {
        if (!terminal || title.isEmpty()) {
            return;
        }
        int filled = total <= 0 ? 0 : (int) Math.min(BAR_CHARS, BAR_CHARS * done / total);
        out.printf(
                Locale.ROOT,
                "%s%-9s [%s%s] %,d of %,d",
                ERASE_LINE,
                title,
                "#".repeat(filled),
                ".".repeat(BAR_CHARS - filled),
                done,
                total);
        out.flush();
    }

    /** The piece of work is done; its line stays. */
    public synchronized void end(String result) {
        double seconds = (System.nanoTime() - startNanos) / 1e9;
        out.printf(Locale.ROOT, "%s%-9s %s (%.1f s)%n", terminal ? ERASE_LINE : "", title, result, seconds);
        out.flush();
        title = "";
    }

    /** Takes an unfinished bar away, so that what follows starts on a clean line. */
    public synchronized void clear() {
        if (terminal && !title.isEmpty()) {
            out.print(ERASE_LINE);
            out.flush();
        }
        title = "";
    }
}
