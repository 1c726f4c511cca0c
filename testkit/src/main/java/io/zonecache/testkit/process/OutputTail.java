package io.zonecache.testkit.process;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The last lines that a process printed; waiting for one needs no polling. Bounded, thread-safe. */
final class OutputTail {

    private static final int MAX_LINES = 500;
    private static final int MAX_LINE_CHARS = 4_096;

    private final Deque<String> lines = new ArrayDeque<>();
    private long firstIndex;
    private boolean ended;

    synchronized void add(String line) {
        lines.addLast(line.length() <= MAX_LINE_CHARS ? line : line.substring(0, MAX_LINE_CHARS) + "...");
        if (lines.size() > MAX_LINES) {
            lines.removeFirst();
            firstIndex++;
        }
        notifyAll();
    }

    synchronized void end() {
        ended = true;
        notifyAll();
    }

    /** The first line, old or new, that fits; null when the output has ended or the time is over. */
    synchronized @Nullable String await(Predicate<String> fits, long timeoutNanos) throws InterruptedException {
        long deadline = System.nanoTime() + timeoutNanos;
        long next = firstIndex;
        while (true) {
            long index = firstIndex;
            for (String line : lines) {
                if (index++ >= next && fits.test(line)) {
                    return line;
                }
            }
            next = firstIndex + lines.size();
            long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
            if (ended || leftMillis <= 0) {
                return null;
            }
            wait(leftMillis);
        }
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }
}
