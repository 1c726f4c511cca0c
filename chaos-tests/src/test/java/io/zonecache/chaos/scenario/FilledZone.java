package io.zonecache.chaos.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.chaos.oracle.ReadingOracle;
import io.zonecache.chaos.reader.ReaderOrigin;
import io.zonecache.chaos.reader.ReaderSetup;
import io.zonecache.chaos.reader.Readers;
import io.zonecache.chaos.report.Timeline;
import io.zonecache.chaos.report.TimelineSvg;
import io.zonecache.chaos.zone.ContainerZone;
import io.zonecache.chaos.zone.NodeContainer;
import io.zonecache.chaos.zone.ZoneSpec;
import io.zonecache.client.ClientConfig;
import io.zonecache.client.FillConfig;
import io.zonecache.client.ZoneCache;
import io.zonecache.client.origin.Origin;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.Placement;
import io.zonecache.model.ZoneNode;
import io.zonecache.testkit.oracle.ChunkOracle;
import io.zonecache.testkit.process.Workspace;
import io.zonecache.testkit.s3.S3Control;
import io.zonecache.testkit.s3.S3Fault;
import io.zonecache.testkit.s3.S3Latency;
import io.zonecache.testkit.s3.S3Options;
import io.zonecache.testkit.s3.S3Process;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Nodes that hold every stripe of some chunks, an S3 server that counts its GETs, and workers that read through both. */
final class FilledZone implements AutoCloseable {

    static final int NODES = ZoneSpec.standard().nodes();

    /** The chunks that the zone holds are the oracle's first ones. */
    static final int CHUNKS = 96;

    static final int CHUNK_BYTES = 512 << 10;

    private static final int READERS = 16;
    private static final int SCANS_IN_FLIGHT = 16;

    private static final Duration START = Duration.ofMinutes(4);
    private static final Duration READ_DEADLINE = Duration.ofSeconds(30);
    private static final Duration FILL_DEADLINE = Duration.ofMinutes(2);
    private static final Duration COMPLETION = Duration.ofMinutes(3);
    private static final Duration REST = Duration.ofMinutes(1);
    private static final Duration HEALED = Duration.ofMinutes(2);
    private static final long STORE_MILLIS = 60_000;

    private final long seed;
    private final Timeline timeline;
    private final ChunkOracle chunks;
    private final Workspace workspace;
    private final S3Process s3;
    private final ContainerZone zone;
    private final ZoneCache cache;
    private final List<ZoneCache> clients = new ArrayList<>();
    private int nextCold = CHUNKS;

    private FilledZone(long seed, Workspace workspace, S3Process s3, ContainerZone zone, Timeline timeline) {
        this.seed = seed;
        this.timeline = timeline;
        this.chunks = new ChunkOracle(seed, CHUNK_BYTES);
        this.workspace = workspace;
        this.s3 = s3;
        this.zone = zone;
        this.cache = client(FillConfig.singleAttempt());
    }

    static FilledZone start(long seed) {
        return start(seed, ZoneSpec.standard(), new Timeline());
    }

    /**
     * Returns when every stripe of every chunk is held, and counts the origin's GETs from there.
     *
     * @param timeline is told of every sample
     */
    static FilledZone start(long seed, ZoneSpec spec, Timeline timeline) {
        FilledZone filled = open(seed, spec, timeline);
        try {
            filled.fill();
            filled.complete();
            filled.s3.reset();
            return filled;
        } catch (RuntimeException | Error e) {
            filled.collect(e);
            filled.close();
            throw e;
        }
    }

    private static FilledZone open(long seed, ZoneSpec spec, Timeline timeline) {
        Workspace workspace = Workspace.create("chaos");
        S3Process s3 = S3Process.start(workspace, S3Options.defaults());
        try {
            return new FilledZone(seed, workspace, s3, ContainerZone.start(spec, START), timeline);
        } catch (RuntimeException | Error e) {
            s3.close();
            workspace.close();
            throw e;
        }
    }

    long seed() {
        return seed;
    }

    ContainerZone zone() {
        return zone;
    }

    S3Control s3() {
        return s3;
    }

    Timeline timeline() {
        return timeline;
    }

    /** Sixteen threads that read through as many clients until they are closed. */
    ReadingOracle readers() {
        while (clients.size() < READERS) {
            clients.add(client(FillConfig.defaults()));
        }
        AtomicInteger turns = new AtomicInteger();
        return ReadingOracle.start(
                chunks,
                CHUNKS,
                key -> read(clients.get(Math.floorMod(turns.getAndIncrement(), READERS)), key),
                READERS,
                seed);
    }

    /** Readers in processes of their own, of the chunks that the zone holds unless the setup is changed; at rest until they get a pace. */
    ReaderSetup setup() {
        return new ReaderSetup(
                zone.addresses(),
                s3.endpoint().toString(),
                seed,
                CHUNK_BYTES,
                0,
                CHUNKS,
                READERS,
                0,
                READ_DEADLINE.toMillis(),
                seed);
    }

    Readers start(int processes, ReaderSetup setup) {
        return Readers.start(workspace, processes, setup, timeline::sample);
    }

    /** Puts chunks into S3 that nobody has read. @return index of the first */
    int coldChunks(int count) {
        int first = nextCold;
        nextCold += count;
        store(first, count);
        return first;
    }

    /** Writes chunks into the zone that nobody reads. @return how many of them nodes took enough stripes of */
    long scan(int count) throws InterruptedException {
        LongAdder taken = new LongAdder();
        Semaphore turns = new Semaphore(SCANS_IN_FLIGHT);
        for (int end = nextCold + count; nextCold < end; nextCold++) {
            byte[] chunk = chunks.chunk(nextCold);
            turns.acquire();
            var unused = cache.prime(ChunkKey.sha256Of(chunk), chunk).whenComplete((result, failure) -> {
                taken.add(failure == null && result.isReadable() ? 1 : 0);
                turns.release();
            });
        }
        turns.acquire(SCANS_IN_FLIGHT);
        return taken.sum();
    }

    /**
     * Makes it what it was at the start, after whatever has happened: all up, every stripe of every chunk held, no fetch under way, and the
     * origin's counts begun anew.
     */
    void restore() {
        s3.setFault(S3Fault.NONE);
        s3.setLatency(S3Latency.NONE);
        zone.awaitAllUp(HEALED);
        complete();
        cache.whenIdle().join();
        await("no fetch under way").atMost(REST).until(() -> s3.counts().getsInFlight() == 0);
        s3.reset();
    }

    /** Of the chunks that it holds, the share of which both nodes have a place. */
    double shareOfChunksOn(NodeContainer one, NodeContainer other) {
        Placement placement = new Placement(zone.view());
        Set<String> both = Set.of(one.id(), other.id());
        long shared = IntStream.range(0, CHUNKS)
                .filter(index -> placement.nodesFor(chunks.key(index)).stream()
                        .map(ZoneNode::id)
                        .collect(Collectors.toSet())
                        .containsAll(both))
                .count();
        return (double) shared / CHUNKS;
    }

    /** Prints what came of the reads of a phase. @throws AssertionError if one failed or was wrong */
    void report(String phase, ReadTally tally) {
        System.out.printf(
                Locale.ROOT,
                "%-20s %,7d reads, %d failed, %d wrong, %d origin GETs so far%n",
                phase,
                tally.reads(),
                tally.failed(),
                tally.wrong(),
                s3.counts().gets());
        assertThat(tally.complaints())
                .as("reads in phase " + phase + ", seed " + seed)
                .isEmpty();
    }

    /** Leaves what may explain a failure. */
    void collect(Throwable failure) {
        collect("start", seed, failure, "");
    }

    /** @param where a directory's name: evidence of one scenario does not take the place of another's */
    void collect(String where, long trialSeed, Throwable failure, String words) {
        Path directory = zone.collect(
                where,
                failure + "\nseeds: " + seed + " of the chunks, " + trialSeed + " of the trial\nclient: "
                        + cache.stats() + "\norigin: " + s3.counts() + '\n' + words);
        try {
            Files.writeString(directory.resolve("timeline.svg"), TimelineSvg.draw(timeline));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the client that has filled it; it can't be restored any more. */
    void closeClient() {
        cache.close();
    }

    @Override
    public void close() {
        clients.forEach(ZoneCache::close);
        cache.close();
        zone.close();
        s3.close();
        workspace.close();
    }

    private ZoneCache client(FillConfig fill) {
        return ZoneCache.builder()
                .config(ClientConfig.builder()
                        .nodes(zone.addresses())
                        .zone(ContainerZone.NAME)
                        .localCacheBytes(0)
                        .fill(fill)
                        .build())
                .origin(ReaderOrigin.open(s3.endpoint()))
                .build();
    }

    private static ByteBuffer read(ZoneCache client, ChunkKey key) throws Exception {
        return client.get(key, READ_DEADLINE).get().buffer();
    }

    /** Every chunk in S3 and, fetched once, in the zone. */
    private void fill() {
        store(0, CHUNKS);
        for (int index = 0; index < CHUNKS; index++) {
            chunks.check(
                    index, cache.get(chunks.key(index), FILL_DEADLINE).join().buffer());
        }
        cache.whenIdle().join();
        assertThat(s3.counts().gets()).as("origin GETs of the first reads").isEqualTo(CHUNKS);
        await("the client has brought every chunk to all its stripes")
                .atMost(REST)
                .until(() -> cache.stats().writes().incompleteChunks() == 0);
    }

    private void store(int first, int count) {
        try (Origin origin = ReaderOrigin.open(s3.endpoint())) {
            List<CompletableFuture<Void>> stores = new ArrayList<>();
            for (int index = first; index < first + count; index++) {
                stores.add(origin.store(chunks.key(index), ByteBuffer.wrap(chunks.chunk(index)), STORE_MILLIS));
            }
            stores.forEach(CompletableFuture::join);
        }
    }

    /**
     * Faults take stripes, and reads bring them back only as they come across them; a chunk that lacks one has nothing to spare. Promises are
     * about chunks of which the zone holds every stripe.
     */
    void complete() {
        List<ChunkKey> keys = IntStream.range(0, CHUNKS).mapToObj(chunks::key).toList();
        await("every stripe of every chunk is held").atMost(COMPLETION).until(() -> {
            List<Integer> incomplete = IntStream.range(0, CHUNKS)
                    .filter(index -> zone.stripesHeld(keys.get(index)) < ZoneSpec.STRIPES)
                    .boxed()
                    .toList();
            for (int index : incomplete) {
                cache.prime(keys.get(index), chunks.chunk(index)).join();
            }
            return incomplete.isEmpty();
        });
    }
}
