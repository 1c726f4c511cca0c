package io.zonecache.chaos.scenario;

import io.zonecache.chaos.reader.Readers;
import io.zonecache.chaos.report.Timeline;
import io.zonecache.chaos.zone.ZoneSpec;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/** A filled zone on which scenarios are tried, one after the other. One thread's. */
public final class Trials implements AutoCloseable {

    /** Two worker processes, so that no promise rests on one client's knowledge. */
    private static final int READER_PROCESSES = 2;

    private static final Duration WARM_UP = Duration.ofMinutes(4);

    private final FilledZone filled;
    private final Readers readers;
    private final Invariants invariants;

    private Trials(FilledZone filled, Readers readers, Invariants invariants) {
        this.filled = filled;
        this.readers = readers;
        this.invariants = invariants;
    }

    /**
     * Starts a zone, fills it, and starts the readers.
     *
     * @param seed decides the chunks' bytes and what readers read
     * @param timeline is told of every sample
     */
    public static Trials start(long seed, ZoneSpec spec, Timeline timeline) {
        FilledZone filled = FilledZone.start(seed, spec, timeline);
        Readers readers = null;
        try {
            readers = filled.start(READER_PROCESSES, filled.setup());
            readers.pace(Trial.PACE);
            readers.awaitReads(Trial.READS, WARM_UP);
            readers.pace(0);
            return new Trials(filled, readers, new Invariants(filled));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            close(filled, readers);
            throw new IllegalStateException("interrupted", e);
        } catch (RuntimeException | Error e) {
            filled.collect(e);
            close(filled, readers);
            throw e;
        }
    }

    /** @throws AssertionError if a promise or an invariant is broken; evidence has been collected then */
    public Verdict run(Scenario scenario, long seed) throws Exception {
        System.out.println(scenario.name() + ": " + scenario.promise());
        filled.restore();
        filled.timeline().scenario(scenario.name());
        long start = System.nanoTime();
        if (scenario.takesMemory()) {
            invariants.allowKillsForMemory();
        }
        Trial trial = new Trial(filled, readers, seed);
        try (trial) {
            scenario.run(trial);
            trial.recover();
            trial.rest();
            invariants.check();
        } catch (TestAbortedException e) {
            return Verdict.notRun(scenario, String.valueOf(e.getMessage()));
        } catch (Throwable e) {
            filled.collect(scenario.name(), seed, e, readers.words());
            throw e;
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        trial.note(String.format(
                Locale.ROOT,
                "held, in %.1f s; origin peak %d, most memory of a node %d MiB",
                seconds,
                invariants.originPeak(),
                invariants.maxResidentBytes() >> 20));
        return new Verdict(
                scenario.name(),
                scenario.promise(),
                Verdict.Outcome.HELD,
                seconds,
                trial.all().reads(),
                trial.all().failed(),
                invariants.originPeak(),
                trial.figures());
    }

    /** Ends the readers. @throws AssertionError if they left something in themselves or in the nodes */
    public void finish() {
        readers.finish();
        filled.closeClient();
        invariants.checkConnections();
    }

    @Override
    public void close() {
        invariants.close();
        close(filled, readers);
    }

    private static void close(FilledZone filled, @Nullable Readers readers) {
        if (readers != null) {
            readers.close();
        }
        filled.close();
    }
}
