package io.zonecache.chaos.reader;

import io.vertx.core.json.JsonObject;
import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.testkit.process.JavaCommand;
import io.zonecache.testkit.process.ManagedProcess;
import io.zonecache.testkit.process.Workspace;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** One reader process, from the outside. Thread-safe. */
final class ReaderProcess implements AutoCloseable {

    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration END = Duration.ofMinutes(2);

    private final String name;
    private final Consumer<ReadTally> onSample;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final CompletableFuture<JsonObject> ended = new CompletableFuture<>();
    private final ManagedProcess process;

    /** @param onSample gets each sample, on a thread of this process's own */
    ReaderProcess(Workspace workspace, String name, ReaderSetup setup, Consumer<ReadTally> onSample) {
        this.name = name;
        this.onSample = onSample;
        this.process = workspace.start(
                name,
                JavaCommand.of(ReaderMain.class)
                        .ignoringInterrupts()
                        .jvm("-Xmx256m", "-XX:MaxDirectMemorySize=256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
                        .arguments(setup.toJson()),
                this::line);
        var unused = process.exit().thenAccept(code -> {
            IllegalStateException end = new IllegalStateException("reader " + name + process.describeEnd());
            ready.completeExceptionally(end);
            ended.completeExceptionally(end);
        });
    }

    void awaitReady() {
        get(ready, START, "its start");
    }

    void pace(int readsPerSecond) {
        process.send("pace " + readsPerSecond);
    }

    /** Lets the reads under way end, then the process. @throws AssertionError if it left a read, a fill or a thread behind */
    void finish() {
        process.send("finish");
        JsonObject end = get(ended, END, "its end");
        long inFlight = end.getLong("inFlight");
        List<String> threads =
                end.getJsonArray("threads").stream().map(String::valueOf).toList();
        if (inFlight != 0 || !threads.isEmpty()) {
            throw new AssertionError("reader " + name + " left " + inFlight + " reads and the threads " + threads
                    + " (expected: nothing)");
        }
    }

    /** For evidence. */
    List<String> errors() {
        return process.errors();
    }

    String name() {
        return name;
    }

    @Override
    public void close() {
        process.close();
    }

    private void line(String text) {
        JsonObject line = new JsonObject(text);
        switch (line.getString("type")) {
            case "ready" -> ready.complete(null);
            case "sample" -> onSample.accept(TallyJson.read(line.getJsonObject("tally")));
            case "ended" -> ended.complete(line);
            default -> throw new IllegalArgumentException("reader " + name + " said: " + text);
        }
    }

    private <T> T get(CompletableFuture<T> future, Duration within, String what) {
        try {
            return future.get(within.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new IllegalStateException(
                    "reader " + name + ": " + what + " took over " + within + process.describeEnd(), e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}
