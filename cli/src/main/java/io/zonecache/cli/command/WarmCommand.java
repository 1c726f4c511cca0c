package io.zonecache.cli.command;

import io.zonecache.cli.terminal.Progress;
import io.zonecache.client.Chunk;
import io.zonecache.client.ZoneCache;
import io.zonecache.client.ZoneCacheStats;
import io.zonecache.client.origin.StoredObject;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.StripeRecord;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code zonecache warm}: a zone filled from its origin before anybody waits for it. */
@Command(
        name = "warm",
        description = {
            "Fills the zone with chunks from its origin, ahead of use.",
            "",
            "Reads every chunk through the zone as a worker would; what the zone lacks comes from the origin under the zone's leases and"
                    + " limits. Chunks that fail are counted and told, and the others go on. With --object, workers must cut the"
                    + " object into chunks of the same size."
        },
        footer = {
            "",
            "Examples:",
            "  zonecache warm --list image.keys --nodes 10.0.0.7:7400 --origin s3://bucket/chunks",
            "  zonecache warm --object s3://models/weights.bin --nodes 10.0.0.7:7400 --origin s3://models --rate 200",
            "",
            "Exit codes: 0 all chunks are in the zone, 1 one is not, 2 wrong usage."
        },
        mixinStandardHelpOptions = true)
public final class WarmCommand implements Callable<Integer> {

    /** As many as a client may fetch at once by default. */
    private static final int CHUNKS_IN_FLIGHT = 16;

    private static final int MAX_RATE = 1_000_000;
    private static final int FAILURES_TOLD = 5;

    /** What to warm. */
    private static final class Source {

        @Option(
                names = "--list",
                paramLabel = "FILE",
                required = true,
                description = "The list of chunks that `zonecache put --list` wrote; - is standard input.")
        private @Nullable Path list;

        @Option(
                names = "--object",
                paramLabel = "URI",
                required = true,
                description = "An object that lies there already, such as s3://BUCKET/KEY; it is read in ranges.")
        private @Nullable String object;
    }

    @ArgGroup(multiplicity = "1")
    private Source source = new Source();

    @Option(
            names = "--chunk-size",
            paramLabel = "SIZE",
            defaultValue = "512KiB",
            converter = Sizes.class,
            description = "Bytes of a range of --object, up to 16MiB. Default: ${DEFAULT-VALUE}.")
    private int chunkBytes;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "100",
            description = "Most chunks a second; 0 is no limit but the zone's. Default: ${DEFAULT-VALUE}.")
    private int rate;

    @Mixin
    private final ZoneOptions zone = new ZoneOptions();

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final Progress progress = Progress.onStandardError();
    private long done;
    private long bytes;
    private long failed;

    /** The JSON. */
    record WarmFacts(long chunks, long bytes, long fromZone, long fromOrigin, long failed, double seconds) {}

    /** One chunk's read, however it ended. */
    private record Read(@Nullable Chunk chunk, @Nullable Throwable failure) {}

    /** Chunks to read, and how many. */
    private record Work(long chunks, Iterator<CompletableFuture<Chunk>> reads) {}

    @Override
    public Integer call() throws Exception {
        checkOptions();
        try (zone) {
            zone.checkForStoring();
            warm();
        }
        return failed == 0 ? ExitCodes.DONE : ExitCodes.FAILED;
    }

    private void warm() throws Exception {
        long startNanos = System.nanoTime();
        try (ZoneCache cache = zone.open(true)) {
            Work work = source.list != null ? chunks(cache, source.list) : ranges(cache, String.valueOf(source.object));
            progress.begin("warm", work.chunks());
            try {
                readAll(work);
            } finally {
                progress.clear();
            }
            // What came from the origin belongs in the zone before this process ends.
            cache.whenIdle().join();
            ZoneCacheStats stats = cache.stats();
            double seconds = (System.nanoTime() - startNanos) / 1e9;
            tell(new WarmFacts(
                    done, bytes, stats.reads().fromZone(), stats.reads().fromOrigin(), failed, seconds));
        }
    }

    private void checkOptions() {
        if (chunkBytes < 1 || chunkBytes > StripeRecord.MAX_CHUNK_BYTES) {
            throw wrong("--chunk-size: " + chunkBytes + " bytes (expected: 1..16MiB)");
        }
        if (rate < 0 || rate > MAX_RATE) {
            throw wrong("--rate: " + rate + " (expected: 0.." + MAX_RATE + ")");
        }
        if (!zone.hasOrigin()) {
            throw wrong("--origin: none (expected: where the chunks come from)");
        }
        json.check();
    }

    private static Work chunks(ZoneCache cache, Path list) {
        List<ChunkKey> keys = KeyLists.read(list);
        return new Work(keys.size(), keys.stream().map(cache::get).iterator());
    }

    private Work ranges(ZoneCache cache, String uri) {
        StoredObject object = cache.stat(uri).join();
        long chunks = (object.lengthBytes() + chunkBytes - 1) / chunkBytes;
        return new Work(
                chunks,
                LongStream.range(0, chunks)
                        .map(index -> index * chunkBytes)
                        .mapToObj(offset -> cache.get(
                                object.range(offset, (int) Math.min(chunkBytes, object.lengthBytes() - offset))))
                        .iterator());
    }

    private void readAll(Work work) throws Exception {
        Window<Read> window = new Window<>(CHUNKS_IN_FLIGHT, this::done);
        Pace pace = new Pace(rate, System.nanoTime());
        while (work.reads().hasNext()) {
            window.makeRoom();
            pace.await();
            window.add(work.reads().next().handle(Read::new));
        }
        window.drain();
    }

    private void done(Read read) {
        done++;
        if (read.chunk() != null) {
            bytes += read.chunk().length();
        } else if (read.failure() != null && ++failed <= FAILURES_TOLD) {
            progress.clear();
            say(Failures.describe(read.failure()));
            progress.begin("warm", 0);
        }
        progress.update(done);
    }

    private void tell(WarmFacts facts) {
        if (failed > FAILURES_TOLD) {
            say((failed - FAILURES_TOLD) + " more chunks failed");
        }
        say(String.format(
                Locale.ROOT,
                "%,d chunks, %,d bytes: %,d were in the zone, %,d came from the origin, %,d failed (%.1f s)",
                facts.chunks(),
                facts.bytes(),
                facts.fromZone(),
                facts.fromOrigin(),
                facts.failed(),
                facts.seconds()));
        json.write(facts);
    }

    private void say(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(line);
        err.flush();
    }

    private ParameterException wrong(String message) {
        return new ParameterException(spec.commandLine(), message);
    }
}
