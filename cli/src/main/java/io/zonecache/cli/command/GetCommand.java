package io.zonecache.cli.command;

import io.zonecache.cli.output.CheckedOutput;
import io.zonecache.cli.output.OutputFile;
import io.zonecache.cli.output.OutputWriting;
import io.zonecache.client.Chunk;
import io.zonecache.client.ZoneCache;
import io.zonecache.client.ZoneCacheStats;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zonecache get}: chunks out of the zone, one after the other. */
@Command(
        name = "get",
        description = {
            "Reads chunks through the zone and writes their bytes, one after the other.",
            "",
            "Every chunk is verified. What the zone lacks comes from the origin, if one is given, and fills the zone. With --output,"
                    + " FILE is there only when all of it is."
        },
        footer = {
            "",
            "Examples:",
            "  zonecache get 9f86d081884c7d65... --nodes 127.0.0.1:7400 > chunk",
            "  zonecache get --list image.keys --nodes 127.0.0.1:7400 --output image.tar",
            "  zonecache get --list image.keys --nodes 10.0.0.7:7400 --origin s3://bucket/chunks --output image.tar --json -",
            "",
            "Exit codes: 0 all chunks written, 1 one could not be read, 2 wrong usage."
        },
        mixinStandardHelpOptions = true)
public final class GetCommand implements Callable<Integer> {

    private static final int CHUNKS_IN_FLIGHT = 8;

    @Parameters(paramLabel = "KEY", arity = "0..*", description = "Chunk keys, 64 lower-case hex digits each.")
    private List<String> keys = List.of();

    @Option(
            names = "--list",
            paramLabel = "FILE",
            description = "A list of keys, as `zonecache put --list` writes it; - is standard input.")
    private @Nullable Path list;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            defaultValue = "-",
            description = "Where the bytes go; - is standard output. Default: ${DEFAULT-VALUE}.")
    private String output = "-";

    @Mixin
    private final ZoneOptions zone = new ZoneOptions();

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** The JSON. */
    record GetFacts(int chunks, long bytes, long fromZone, long fromOrigin) {}

    @Override
    public Integer call() throws Exception {
        if (keys.isEmpty() == (list == null)) {
            throw new ParameterException(
                    spec.commandLine(),
                    "KEY, --list FILE: " + (list == null ? "neither" : "both") + " (expected: one)");
        }
        List<ChunkKey> parsed = new ArrayList<>();
        for (String key : keys) {
            try {
                parsed.add(ChunkKey.parse(key));
            } catch (CacheException e) {
                throw new ParameterException(spec.commandLine(), e.detail());
            }
        }
        OutputFile target = OutputFile.check(spec, "--output", output);
        json.checkBeside(target, "--output");
        try (zone) {
            zone.check();
            if (list != null) {
                parsed.addAll(KeyLists.read(list));
            }
            json.write(readInto(target, parsed));
        }
        return ExitCodes.DONE;
    }

    private GetFacts readInto(OutputFile target, List<ChunkKey> parsed) throws Exception {
        try (OutputWriting writing = target.open()) {
            GetFacts facts = read(parsed, writing.stream());
            writing.commit();
            return facts;
        }
    }

    private GetFacts read(List<ChunkKey> parsed, CheckedOutput out) throws Exception {
        WritableByteChannel channel = Channels.newChannel(out);
        long[] bytes = new long[1];
        try (ZoneCache cache = zone.open(true)) {
            Window<Chunk> window = new Window<>(CHUNKS_IN_FLIGHT, chunk -> {
                bytes[0] += chunk.length();
                for (var left = chunk.buffer(); left.hasRemaining(); ) {
                    channel.write(left);
                }
            });
            for (ChunkKey key : parsed) {
                window.makeRoom();
                window.add(cache.get(key));
            }
            window.drain();
            ZoneCacheStats stats = cache.stats();
            // What came from the origin belongs in the zone before this process ends.
            cache.whenIdle().join();
            return new GetFacts(
                    parsed.size(),
                    bytes[0],
                    stats.reads().fromZone(),
                    stats.reads().fromOrigin());
        }
    }
}
