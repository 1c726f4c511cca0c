package io.zonecache.cli.command;

import io.zonecache.client.Chunk;
import io.zonecache.client.ZoneCache;
import io.zonecache.client.ZoneCacheStats;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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
            description = "Where the bytes go. Default: standard output.")
    private @Nullable Path output;

    @Mixin
    private ZoneOptions zone = new ZoneOptions();

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
        if (json.isStandardOutput() && output == null) {
            throw new ParameterException(
                    spec.commandLine(), "--json -: standard output takes the bytes (expected: --output FILE)");
        }
        zone.check();
        if (list != null) {
            parsed.addAll(KeyLists.read(list));
        }
        GetFacts facts = output == null ? read(parsed, System.out) : readInto(parsed, output);
        json.write(facts, spec.commandLine().getOut());
        return ExitCodes.DONE;
    }

    /** A file beside the target takes its place when it is whole. */
    private GetFacts readInto(List<ChunkKey> parsed, Path target) throws Exception {
        String name = "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".part";
        Path part = target.resolveSibling(name);
        OutputStream out;
        try {
            out = Files.newOutputStream(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new CommandException("--output " + target + ": " + e + " (expected: a file that can be written)");
        }
        part.toFile().deleteOnExit();
        try {
            GetFacts facts;
            try (out) {
                facts = read(parsed, out);
            }
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
            return facts;
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private GetFacts read(List<ChunkKey> parsed, OutputStream out) throws Exception {
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
            out.flush();
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
