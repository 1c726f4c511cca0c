package io.zonecache.testkit.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A child process with a name, whose output is kept (its end only) and which takes signals. Thread-safe. */
public final class ManagedProcess implements AutoCloseable {

    /** What {@link #signal} sends. */
    public enum Signal {
        STOP,
        CONT,
        TERM,
        INT,
        KILL
    }

    private static final int SHOWN_LINES = 30;
    private static final long KILL_SECONDS = 10;
    private static final long END_MILLIS = 500;

    private final String name;
    private final Process process;
    private final OutputTail output = new OutputTail();
    private final OutputTail errors = new OutputTail();
    private final @Nullable Consumer<String> onLine;

    ManagedProcess(String name, ProcessBuilder builder, @Nullable Consumer<String> onLine) throws IOException {
        this.name = name;
        this.onLine = onLine;
        this.process = builder.start();
        pump(process.getInputStream(), "out", this::line, output);
        pump(process.getErrorStream(), "err", errors::add, errors);
    }

    public String name() {
        return name;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Completes with the exit code. */
    public CompletableFuture<Integer> exit() {
        return process.onExit().thenApply(Process::exitValue);
    }

    /** The last lines of standard output. */
    public List<String> output() {
        return output.lines();
    }

    /** The last lines of standard error. */
    public List<String> errors() {
        return errors.lines();
    }

    /**
     * Waits for a line of standard output, or finds it among the last ones.
     *
     * @throws IllegalStateException with the process's last words if it ends first, or when the time is over
     */
    public String awaitLine(Predicate<String> fits, Duration timeout) {
        try {
            String line = output.await(fits, timeout.toNanos());
            if (line == null) {
                // Its output ends a moment before it does.
                process.waitFor(END_MILLIS, TimeUnit.MILLISECONDS);
                throw new IllegalStateException("process " + name + " did not say what was awaited within "
                        + timeout.toSeconds() + " s" + describeEnd());
            }
            return line;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for process " + name, e);
        }
    }

    /** Writes a line to its standard input. */
    public void send(String line) {
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        try {
            OutputStream in = process.getOutputStream();
            synchronized (process) {
                in.write(bytes);
                in.flush();
            }
        } catch (IOException e) {
            throw new IllegalStateException("process " + name + " takes no input: " + e + describeEnd(), e);
        }
    }

    /** @throws IllegalStateException if it has ended already */
    public void signal(Signal signal) {
        try {
            // The shell's own kill: the program is not in every image.
            Process kill = new ProcessBuilder("/bin/sh", "-c", "kill -" + signal + " " + process.pid())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (kill.waitFor() != 0) {
                throw new IllegalStateException("process " + name + " takes no signal " + signal + describeEnd());
            }
        } catch (IOException e) {
            throw new IllegalStateException("signal " + signal + " to process " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Waits for its end. @throws IllegalStateException if it lives on */
    public int awaitExit(Duration timeout) {
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException(
                        "process " + name + " still runs after " + timeout.toSeconds() + " s" + describeEnd());
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for process " + name, e);
        }
    }

    /** For messages: whether and how it ended, and its last words. */
    public String describeEnd() {
        StringBuilder text = new StringBuilder(process.isAlive() ? " (it runs" : " (exit code " + process.exitValue());
        List<String> words = errors.lines().isEmpty() ? output.lines() : errors.lines();
        List<String> last = words.subList(Math.max(0, words.size() - SHOWN_LINES), words.size());
        return last.isEmpty()
                ? text.append(", it said nothing)").toString()
                : text.append(", its last words:\n  ")
                        .append(String.join("\n  ", last))
                        .append(')')
                        .toString();
    }

    /** SIGKILL, which works on a stopped process too, and waits for its end. */
    @Override
    public void close() {
        kill();
        try {
            process.waitFor(KILL_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What it started goes with it. */
    void kill() {
        List<ProcessHandle> started = process.descendants().toList();
        process.destroyForcibly();
        started.forEach(ProcessHandle::destroyForcibly);
    }

    /** Its own id and those of all that it started. */
    public List<Long> pids() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants())
                .map(ProcessHandle::pid)
                .toList();
    }

    private void line(String line) {
        output.add(line);
        if (onLine != null) {
            onLine.accept(line);
        }
    }

    private void pump(InputStream from, String stream, Consumer<String> to, OutputTail tail) {
        Thread thread = new Thread(
                () -> {
                    try (BufferedReader reader =
                            new BufferedReader(new InputStreamReader(from, StandardCharsets.UTF_8))) {
                        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                            to.accept(line);
                        }
                    } catch (IOException e) {
                        tail.add("(output broke off: " + e + ")");
                    } finally {
                        tail.end();
                    }
                },
                name + "-" + stream);
        thread.setDaemon(true);
        thread.start();
    }
}
