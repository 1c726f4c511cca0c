package io.zonecache.cli.demo;

import io.zonecache.cli.demo.worker.Tally;
import io.zonecache.cli.demo.worker.WorkerSetup;
import io.zonecache.testkit.process.Workspace;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongConsumer;

/** All workers as one. Thread-safe. */
final class Fleet {

    private static final long READY_SECONDS = 180;
    private static final long IDLE_SECONDS = 60;
    private static final long SETTLED_SECONDS = 60;

    private final Children children;
    private final List<WorkerProcess> workers = new ArrayList<>();
    private final LongConsumer onProgress;
    private long awaitedReads = Long.MAX_VALUE;
    private CompletableFuture<Void> awaited = new CompletableFuture<>();

    private Fleet(Children children, LongConsumer onProgress) {
        this.children = children;
        this.onProgress = onProgress;
    }

    /** Starts the workers and returns when all can read. */
    static Fleet start(
            Workspace workspace,
            Children children,
            int workers,
            Function<Integer, WorkerSetup> setups,
            LongConsumer onProgress) {
        Fleet fleet = new Fleet(children, onProgress);
        for (int i = 0; i < workers; i++) {
            fleet.add(WorkerProcess.start(workspace, children, "worker-" + (i + 1), setups.apply(i), fleet::progress));
        }
        children.await(fleet.all(WorkerProcess::ready), READY_SECONDS, "the workers' start");
        return fleet;
    }

    /** Completes with all counts together. */
    CompletableFuture<Tally> run(Phase phase) {
        List<CompletableFuture<Tally>> parts = new ArrayList<>();
        for (WorkerProcess worker : snapshot()) {
            parts.add(worker.run(phase));
        }
        return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new))
                .thenApply(done ->
                        Tally.merge(parts.stream().map(CompletableFuture::join).toList()));
    }

    /** Completes when so many reads of the phase that runs have ended. */
    CompletableFuture<Void> reads(long count) {
        CompletableFuture<Void> reached = new CompletableFuture<>();
        synchronized (this) {
            awaitedReads = count;
            awaited = reached;
        }
        progress();
        return reached;
    }

    void finish() {
        snapshot().forEach(WorkerProcess::finish);
    }

    /** Returns when no worker has a fetch or a write-back under way. */
    void awaitIdle() {
        children.await(all(WorkerProcess::idle), IDLE_SECONDS, "the workers' write-backs");
    }

    /** Returns when all workers ask all nodes again that the view calls up. */
    void awaitSettled() {
        children.await(all(WorkerProcess::settle), SETTLED_SECONDS, "the workers' trust in all nodes");
    }

    private void progress() {
        long done = snapshot().stream().mapToLong(WorkerProcess::done).sum();
        onProgress.accept(done);
        CompletableFuture<Void> reached = null;
        synchronized (this) {
            if (done >= awaitedReads) {
                reached = awaited;
            }
        }
        if (reached != null) {
            reached.complete(null);
        }
    }

    private synchronized void add(WorkerProcess worker) {
        workers.add(worker);
    }

    private synchronized List<WorkerProcess> snapshot() {
        return List.copyOf(workers);
    }

    private CompletableFuture<Void> all(Function<WorkerProcess, CompletableFuture<Void>> question) {
        return CompletableFuture.allOf(snapshot().stream().map(question).toArray(CompletableFuture[]::new));
    }
}
