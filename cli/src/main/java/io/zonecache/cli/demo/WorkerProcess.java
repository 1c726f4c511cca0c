package io.zonecache.cli.demo;

import io.zonecache.cli.demo.worker.Lines;
import io.zonecache.cli.demo.worker.Tally;
import io.zonecache.cli.demo.worker.WorkerCommand;
import io.zonecache.cli.demo.worker.WorkerMain;
import io.zonecache.cli.demo.worker.WorkerReport;
import io.zonecache.cli.demo.worker.WorkerSetup;
import io.zonecache.testkit.process.JavaCommand;
import io.zonecache.testkit.process.ManagedProcess;
import io.zonecache.testkit.process.Workspace;
import io.zonecache.testkit.s3.S3Control;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The demo's end of one worker. Thread-safe. */
final class WorkerProcess {

    private final String name;
    private final Children children;
    private final Runnable onProgress;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final ManagedProcess process;
    private CompletableFuture<Void> idle = new CompletableFuture<>();
    private CompletableFuture<Tally> tally = new CompletableFuture<>();
    private long done;

    private WorkerProcess(
            Workspace workspace, Children children, String name, JavaCommand command, Runnable onProgress) {
        this.name = name;
        this.children = children;
        this.onProgress = onProgress;
        this.process = workspace.start(name, command, this::line);
        children.watch(process);
    }

    static WorkerProcess start(
            Workspace workspace, Children children, String name, WorkerSetup setup, Runnable onProgress) {
        JavaCommand command = JavaCommand.of(WorkerMain.class)
                .ignoringInterrupts()
                .jvm("-Xmx384m", "-XX:MaxDirectMemorySize=256m", "-XX:+UseParallelGC")
                .jvm("-Dlogback.configurationFile=io/zonecache/testkit/s3/logback-warn.xml")
                .environment("AWS_ACCESS_KEY_ID", S3Control.ACCESS_KEY)
                .environment("AWS_SECRET_ACCESS_KEY", S3Control.SECRET_KEY)
                .environment("AWS_REGION", S3Control.REGION)
                .arguments(Lines.write(setup));
        return new WorkerProcess(workspace, children, name, command, onProgress);
    }

    CompletableFuture<Void> ready() {
        return ready;
    }

    /** Begins a phase; completes when the worker's last read has ended. */
    CompletableFuture<Tally> run(Phase phase) {
        CompletableFuture<Tally> result = new CompletableFuture<>();
        synchronized (this) {
            tally = result;
            done = 0;
        }
        process.send(Lines.write(WorkerCommand.run(phase.name(), phase.everyChunkOnce())));
        return result;
    }

    void finish() {
        process.send(Lines.write(WorkerCommand.finish()));
    }

    /** Completes when the worker has no fetch and no write-back under way. */
    CompletableFuture<Void> idle() {
        return ask(WorkerCommand.idle());
    }

    /** Completes when the worker asks all nodes again that the view calls up. */
    CompletableFuture<Void> settle() {
        return ask(WorkerCommand.settle());
    }

    private CompletableFuture<Void> ask(WorkerCommand question) {
        CompletableFuture<Void> result = new CompletableFuture<>();
        synchronized (this) {
            idle = result;
        }
        process.send(Lines.write(question));
        return result;
    }

    /** Reads that have ended in this phase. */
    synchronized long done() {
        return done;
    }

    private void line(String line) {
        WorkerReport report;
        try {
            report = Lines.read(line, WorkerReport.class);
        } catch (IllegalArgumentException e) {
            children.fail("worker " + name + " said: " + line);
            return;
        }
        switch (report.type()) {
            case READY -> ready.complete(null);
            case PROGRESS -> progress(report.done());
            case IDLE -> current().complete(null);
            case DONE -> done(report.tally());
            case FAILED -> children.fail("worker " + name + ": " + report.message());
        }
    }

    private void progress(long reads) {
        synchronized (this) {
            done = reads;
        }
        onProgress.run();
    }

    private void done(@Nullable Tally result) {
        CompletableFuture<Tally> waiting;
        synchronized (this) {
            waiting = tally;
        }
        if (result == null) {
            children.fail("worker " + name + " ended a phase without its counts");
            return;
        }
        progress(result.reads());
        waiting.complete(result);
    }

    private synchronized CompletableFuture<Void> current() {
        return idle;
    }
}
