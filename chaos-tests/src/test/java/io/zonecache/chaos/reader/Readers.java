package io.zonecache.chaos.reader;

import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.testkit.process.Workspace;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Some reader processes as one. Thread-safe. */
public final class Readers implements AutoCloseable {

    /** Names are never used twice: each process has a directory of its name. */
    private static final AtomicInteger STARTED = new AtomicInteger();

    private final List<ReaderProcess> processes = new ArrayList<>();
    private final Consumer<ReadTally> onSample;
    private ReadTally tally = ReadTally.none();
    private long reads;

    private Readers(Consumer<ReadTally> onSample) {
        this.onSample = onSample;
    }

    /**
     * Starts them and returns when all have the zone's view; pace and threads are each one's.
     *
     * @param onSample gets every sample as it comes, for timelines; called by several threads
     */
    public static Readers start(Workspace workspace, int count, ReaderSetup setup, Consumer<ReadTally> onSample) {
        Readers readers = new Readers(onSample);
        try {
            for (int i = 0; i < count; i++) {
                int number = STARTED.incrementAndGet();
                readers.processes.add(new ReaderProcess(
                        workspace, "reader-" + number, setup.withChoice(setup.choice() + number), readers::sample));
            }
            readers.processes.forEach(ReaderProcess::awaitReady);
            return readers;
        } catch (RuntimeException | Error e) {
            readers.close();
            throw e;
        }
    }

    /** @param readsPerSecond of each process; 0 lets them rest */
    public void pace(int readsPerSecond) {
        processes.forEach(process -> process.pace(readsPerSecond));
    }

    /** What was counted since the last call; starts anew. Up to half a second late. */
    public synchronized ReadTally take() {
        ReadTally taken = tally;
        tally = ReadTally.none();
        return taken;
    }

    /** Returns when so many more reads have ended, well or not. @throws AssertionError if that takes longer */
    public synchronized void awaitReads(long more, Duration within) throws InterruptedException {
        long start = reads;
        long deadline = System.nanoTime() + within.toNanos();
        while (reads - start < more) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError(
                        "reads: " + (reads - start) + " in " + within + " (expected: " + more + "); " + words());
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** Ends them after the reads they are at. @throws AssertionError if one left a read, a fill or a thread behind */
    public ReadTally finish() {
        processes.forEach(ReaderProcess::finish);
        close();
        return take();
    }

    /** Their last words on standard error. */
    public String words() {
        StringBuilder text = new StringBuilder();
        for (ReaderProcess process : processes) {
            text.append(process.name()).append(": ").append(process.errors()).append('\n');
        }
        return text.toString();
    }

    @Override
    public void close() {
        processes.forEach(ReaderProcess::close);
    }

    private void sample(ReadTally sample) {
        onSample.accept(sample);
        synchronized (this) {
            tally = tally.plus(sample);
            reads += sample.reads();
            notifyAll();
        }
    }
}
