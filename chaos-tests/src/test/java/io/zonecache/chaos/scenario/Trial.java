package io.zonecache.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.chaos.fault.Fault;
import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.chaos.reader.ReaderSetup;
import io.zonecache.chaos.reader.Readers;
import io.zonecache.chaos.zone.ContainerZone;
import io.zonecache.chaos.zone.NodeContainer;
import io.zonecache.chaos.zone.NodeMetrics;
import io.zonecache.testkit.s3.S3Control;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** One run of a scenario: a filled zone, readers at their pace, the faults that are injected, and what came of the reads. One thread's. */
public final class Trial implements AutoCloseable {

    /** Reads per second of each reader process; a third of what two cores bear together with the zone. */
    static final int PACE = 50;

    private static final int MIN_PACE = 20;

    /** A read takes a tenth of this on a machine that has time for it; beyond, the readers are let go slower. */
    private static final double BUSY_MILLIS = 100;

    /** Fewer reads say little about a rate of one in a hundred. */
    static final long READS = 400;

    static final Duration PHASE = Duration.ofMinutes(2);
    private static final Duration BACK = Duration.ofMinutes(2);

    /** A former hit rate is reached again within this: under one read in a hundred. */
    private static final double SLACK = 0.01;

    private final FilledZone filled;
    private final Readers readers;
    private final SplittableRandom random;
    private final Deque<Fault> injected = new ArrayDeque<>();
    private final List<Readers> others = new ArrayList<>();
    private final List<String> figures = new ArrayList<>();
    private ReadTally all = ReadTally.none();
    private ReadTally before = ReadTally.none();
    private int pace = PACE;

    Trial(FilledZone filled, Readers readers, long seed) {
        this.filled = filled;
        this.readers = readers;
        this.random = new SplittableRandom(seed);
    }

    ContainerZone zone() {
        return filled.zone();
    }

    S3Control s3() {
        return filled.s3();
    }

    SplittableRandom random() {
        return random;
    }

    Readers readers() {
        return readers;
    }

    NodeContainer anyNode() {
        return zone().node(random.nextInt(zone().nodes().size()));
    }

    NodeContainer anyNodeBut(NodeContainer not) {
        NodeContainer node = anyNode();
        while (node == not) {
            node = anyNode();
        }
        return node;
    }

    /**
     * Starts the load, as much of it as this machine bears, and sees how it is while nothing is wrong: promises are about a zone that has
     * what it needs.
     */
    ReadTally begin() throws InterruptedException {
        readers.pace(pace);
        ReadTally now = observe("beginning", READS / 4);
        while (now.millisAt(0.5) > BUSY_MILLIS && pace > MIN_PACE) {
            pace = Math.max(MIN_PACE, pace / 2);
            readers.pace(pace);
            // Reads that have waited for each other come first.
            observe("slower, " + pace + "/s each", READS / 8);
            now = observe("at that pace", READS / 8);
        }
        before = observe("before", READS);
        return before;
    }

    /** Reads per second of each reader process. */
    int pace() {
        return pace;
    }

    /** Other readers besides, of chunks that nobody has read. They end with the trial. */
    Readers startOnColdChunks(int chunks, int processes, ReaderSetup setup) {
        Readers started = filled.start(processes, setup.withRange(filled.coldChunks(chunks), chunks));
        others.add(started);
        return started;
    }

    /** Writes chunks into the zone that nobody reads. @return how many of them nodes took */
    long scan(int chunks) throws InterruptedException {
        return filled.scan(chunks);
    }

    /** Other readers besides, of the chunks that the zone holds. They end with the trial. */
    Readers startOnHeldChunks(int processes) {
        Readers started = filled.start(processes, filled.setup());
        others.add(started);
        return started;
    }

    ReaderSetup setup() {
        return filled.setup();
    }

    void inject(Fault fault) {
        note("fault: " + fault.describe());
        filled.timeline().fault(fault.describe());
        injected.push(fault);
        fault.inject();
    }

    void heal(Fault fault) {
        fault.heal();
        injected.remove(fault);
        filled.timeline().fault("end of: " + fault.describe());
    }

    /** What came of the next so many reads, and those since the last look. @throws AssertionError if one was wrong */
    ReadTally observe(String phase, long reads) throws InterruptedException {
        readers.awaitReads(reads, PHASE);
        return look(phase, readers);
    }

    /** What came of the reads of a span of time, and those since the last look. @throws AssertionError if one was wrong */
    ReadTally observeFor(String phase, Duration span) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(span.toNanos());
        return look(phase, readers);
    }

    /** Returns when none of the next so many reads fails, of some readers. @throws AssertionError if that does not come */
    void awaitNoFailure(String phase, Readers of, long reads) throws InterruptedException {
        long start = System.nanoTime();
        ReadTally tally;
        do {
            of.awaitReads(reads, PHASE);
            tally = look(phase, of);
            assertThat(System.nanoTime() - start)
                    .as("nanoseconds, and reads still fail: %s", tally.complaints())
                    .isLessThan(BACK.toNanos());
        } while (tally.failed() > 0);
    }

    /** What came of some readers' reads since the last look. @throws AssertionError if one was wrong */
    ReadTally look(String phase, Readers of) {
        ReadTally tally = of.take();
        all = all.plus(tally);
        note(String.format(
                Locale.ROOT,
                "%-24s %,6d reads, %d failed (%d refused), hits %.2f %%, p50 %.1f ms, p99.9 %.1f ms",
                phase,
                tally.reads(),
                tally.failed(),
                tally.refused(),
                100 * tally.hitRate(),
                tally.millisAt(0.5),
                tally.millisAt(0.999)));
        assertThat(tally.wrong())
                .as("reads with wrong bytes: %s", tally.complaints())
                .isZero();
        return tally;
    }

    /** Heals what is still broken, and waits until as many reads are hits as before. @throws AssertionError if that does not come */
    void recover() throws InterruptedException {
        while (!injected.isEmpty()) {
            heal(injected.peek());
        }
        long start = System.nanoTime();
        ReadTally now;
        do {
            now = observe("recovering", READS / 2);
            if (System.nanoTime() - start > BACK.toNanos()) {
                throw new AssertionError(String.format(
                        Locale.ROOT,
                        "hit rate %.4f %s after the last fault (expected: %.4f as before); %s",
                        now.hitRate(),
                        BACK,
                        before.hitRate(),
                        now.complaints()));
            }
        } while (now.failed() > 0 || now.hitRate() < before.hitRate() - SLACK);
        note(String.format(
                Locale.ROOT, "former hit rate %.1f s after the last fault", (System.nanoTime() - start) / 1e9));
    }

    /** Stripes that a node says it holds. */
    long stripes(NodeContainer node) {
        return figure(node, "zonecache_store_stripes");
    }

    /**
     * A figure of a node that must answer.
     *
     * @param sample as {@link NodeMetrics#value} takes it
     */
    long figure(NodeContainer node, String sample) {
        return await(node.id() + " tells " + sample)
                .atMost(PHASE)
                .until(node::metrics, Optional::isPresent)
                .orElseThrow()
                .count(sample);
    }

    /** Waits until a node, where it answers, tells such a figure. */
    void awaitFigure(NodeContainer node, String sample, double value, Duration within) {
        await(node.id() + ": " + sample + " is " + value)
                .atMost(within)
                .until(() -> node.metrics()
                        .filter(metrics -> metrics.value(sample) == value)
                        .isPresent());
    }

    /** Waits until workers ask a node in earnest: probes alone would take many minutes to so many hits. */
    void awaitAsked(NodeContainer node) {
        long start = hits(node);
        await(node.id() + " is asked again").atMost(BACK).until(() -> hits(node) > start + READS / 4);
    }

    private long hits(NodeContainer node) {
        return figure(node, "zonecache_hot_hits_total") + figure(node, "zonecache_disk_hits_total");
    }

    /** Of the chunks that the zone holds, the share of which both nodes hold a stripe. */
    double shareOfChunksOn(NodeContainer one, NodeContainer other) {
        return filled.shareOfChunksOn(one, other);
    }

    /** What placement goes by: the view's nodes with their weights and domains. */
    List<String> places() {
        return zone().view().nodes().stream()
                .map(node -> node.id() + ' ' + node.weight() + ' ' + node.domain())
                .sorted()
                .toList();
    }

    /** Epochs of the views that nodes hold now. */
    Set<Long> epochs() {
        return zone().nodes().stream()
                .map(node -> figure(node, "zonecache_view_epoch"))
                .collect(Collectors.toSet());
    }

    /** Puts back what faults have taken: a promise about one fault is one about a whole zone. */
    void complete() {
        filled.complete();
    }

    /** For the log and the report. */
    void note(String figure) {
        System.out.println("  " + figure);
        figures.add(figure);
    }

    List<String> figures() {
        return List.copyOf(figures);
    }

    /** Of all readers, so far. */
    ReadTally all() {
        return all;
    }

    /** Ends the readers that were started besides, and lets the others rest. */
    void rest() {
        readers.pace(0);
        for (Readers other : others) {
            all = all.plus(other.finish());
        }
        others.clear();
    }

    @Override
    public void close() {
        readers.pace(0);
        others.forEach(Readers::close);
        RuntimeException failure = null;
        while (!injected.isEmpty()) {
            try {
                injected.pop().heal();
            } catch (RuntimeException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
