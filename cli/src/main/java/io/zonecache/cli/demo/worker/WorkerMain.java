package io.zonecache.cli.demo.worker;

import io.zonecache.model.ChunkKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The worker process. Ends when its standard input does. */
public final class WorkerMain {

    private static final long PROGRESS_MILLIS = 100;
    private static final int CHECKING_THREADS = 2;
    private static final int MIN_WARM_UP_ROUNDS = 5;
    private static final int MAX_WARM_UP_ROUNDS = 20;

    private final WorkerSetup setup;
    private final ChunkSource source;
    private final List<ChunkKey> keys;
    private final PrintStream out;
    private final ExecutorService checkers = Executors.newFixedThreadPool(CHECKING_THREADS);
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private volatile @Nullable ReadLoop loop;
    private @Nullable KeyOrder order;

    WorkerMain(WorkerSetup setup, ChunkSource source, List<ChunkKey> keys, PrintStream out) {
        this.setup = setup;
        this.source = source;
        this.keys = keys;
        this.out = out;
    }

    public static void main(String[] args) throws IOException {
        PrintStream out = System.out;
        try {
            WorkerSetup setup = Lines.read(args[0], WorkerSetup.class);
            List<ChunkKey> keys = Files.readAllLines(Path.of(setup.keysFile())).stream()
                    .map(ChunkKey::parse)
                    .toList();
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            WorkerMain worker = new WorkerMain(setup, ZoneChunkSource.open(setup), keys, out);
            worker.warmUp();
            worker.serve(in);
        } catch (RuntimeException e) {
            out.println(Lines.write(WorkerReport.failed(e.toString())));
        }
        // Threads that still run are those of reads that nobody waits for any more.
        System.exit(0);
    }

    /** Reads until connections are open and the code that reads is compiled, and nothing fails any more. */
    private void warmUp() {
        List<ChunkKey> warmUpKeys =
                setup.warmUpKeys().stream().map(ChunkKey::parse).toList();
        for (int round = 1; round <= MAX_WARM_UP_ROUNDS; round++) {
            Tally tally = new ReadLoop(source, KeyOrder.once(warmUpKeys, round), setup.inFlight(), checkers)
                    .start()
                    .join();
            boolean lost = tally.failed() + tally.refused() + tally.wrongBytes() > 0;
            if (!lost && round >= MIN_WARM_UP_ROUNDS) {
                return;
            }
            if (lost && round == MAX_WARM_UP_ROUNDS) {
                throw new IllegalStateException("warming up: " + tally.errors());
            }
        }
    }

    /** Takes commands until the input ends. */
    void serve(BufferedReader in) throws IOException {
        var unused = clock.scheduleAtFixedRate(this::progress, PROGRESS_MILLIS, PROGRESS_MILLIS, TimeUnit.MILLISECONDS);
        say(WorkerReport.of(WorkerReport.Type.READY));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            take(Lines.read(line, WorkerCommand.class));
        }
        clock.shutdownNow();
        checkers.shutdownNow();
        source.close();
    }

    private void take(WorkerCommand command) {
        switch (command.type()) {
            case RUN -> run(command);
            case FINISH -> {
                if (order != null) {
                    order.stop();
                }
            }
            case IDLE -> sayWhenIdle();
            case SETTLE -> settle(KeyOrder.random(keys, setup.seed()));
        }
    }

    private void run(WorkerCommand command) {
        // Every phase and every worker has its own order, the same in every run.
        long seed = setup.seed() * 31 + command.phase().hashCode();
        KeyOrder next = command.once() ? KeyOrder.once(keys, seed) : KeyOrder.random(keys, seed);
        ReadLoop started = new ReadLoop(source, next, setup.inFlight(), checkers);
        order = next;
        loop = started;
        var unused = started.start().thenAccept(tally -> {
            // Whoever reads the reports takes this one for the last.
            synchronized (out) {
                loop = null;
                say(WorkerReport.done(tally));
            }
        });
    }

    /** A node that was left out is asked again when reads want it, so reads are what brings it back. */
    private void settle(KeyOrder any) {
        ChunkKey key = any.next();
        if (key == null || source.nodesSkipped() == 0) {
            sayWhenIdle();
        } else {
            var unused = source.get(key).whenComplete((chunk, e) -> checkers.execute(() -> settle(any)));
        }
    }

    private void sayWhenIdle() {
        var unused = source.whenIdle()
                .whenComplete((idle, e) -> say(
                        e == null ? WorkerReport.of(WorkerReport.Type.IDLE) : WorkerReport.failed("not idle: " + e)));
    }

    private void progress() {
        synchronized (out) {
            ReadLoop running = loop;
            if (running != null) {
                say(WorkerReport.progress(running.done()));
            }
        }
    }

    private void say(WorkerReport report) {
        String line = Lines.write(report);
        synchronized (out) {
            out.println(line);
            out.flush();
        }
    }
}
