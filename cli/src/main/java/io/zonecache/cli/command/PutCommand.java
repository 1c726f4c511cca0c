package io.zonecache.cli.command;

import io.zonecache.cli.output.OutputFile;
import io.zonecache.client.PrimeResult;
import io.zonecache.client.WriteStats;
import io.zonecache.client.ZoneCache;
import io.zonecache.client.origin.Origin;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.StripeRecord;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code zonecache put}: a file into the zone, and into the origin first. */
@Command(
        name = "put",
        description = {
            "Cuts FILE into chunks, stores them and prints their keys.",
            "",
            "Each chunk is named by its SHA-256. It goes into the origin first, if one is given, then into the zone. The keys, a"
                    + " line each in the order of the file, are the list that `zonecache get --list` and `zonecache warm --list` want.",
            "",
            "Chunks of which nodes have taken enough stripes to read them, but not all, are tried again at the end, for as long as"
                    + " one chunk may take. What is short of stripes even then is counted in a warning: it can be read, but not after"
                    + " the loss of as many nodes as others."
        },
        footer = {
            "",
            "Examples:",
            "  zonecache put image.tar --nodes 127.0.0.1:7400 --list image.keys",
            "  zonecache put image.tar --nodes 10.0.0.7:7400 --origin s3://bucket/chunks",
            "  zonecache put image.tar --nodes 127.0.0.1:7400 --origin file:/srv/chunks --json -",
            "",
            "Exit codes: 0 all chunks stored so that they can be read, 1 one was not, 2 wrong usage."
        },
        mixinStandardHelpOptions = true)
public final class PutCommand implements Callable<Integer> {

    /** With chunks of the largest size, 128 MiB of memory. */
    private static final int CHUNKS_IN_FLIGHT = 8;

    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    @Parameters(paramLabel = "FILE", description = "What to store; - is standard input.")
    private Path file = Path.of("");

    @Option(
            names = "--chunk-size",
            paramLabel = "SIZE",
            defaultValue = "512KiB",
            converter = Sizes.class,
            description = "Bytes of a chunk, up to 16MiB; the last one may be shorter. Default: ${DEFAULT-VALUE}.")
    private int chunkBytes;

    @Option(
            names = "--list",
            paramLabel = "FILE",
            description =
                    "Write the keys to FILE, once all chunks are stored, rather than each to standard output, which - is.")
    private @Nullable String list;

    @Mixin
    private final ZoneOptions zone = new ZoneOptions();

    @Mixin
    private JsonOption json = new JsonOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    /** A chunk in the JSON. */
    record PutChunk(String key, int bytes, int stripes, int acknowledged) {}

    /** The JSON. */
    record PutFacts(String file, long bytes, List<PutChunk> chunks) {}

    @Override
    public Integer call() throws Exception {
        if (chunkBytes < 1 || chunkBytes > StripeRecord.MAX_CHUNK_BYTES) {
            throw new ParameterException(
                    spec.commandLine(), "--chunk-size: " + chunkBytes + " bytes (expected: 1..16MiB)");
        }
        OutputFile keys = OutputFile.check(spec, "--list", list == null ? "-" : list);
        json.checkBeside(list == null ? null : keys, "--list");
        List<PutChunk> chunks = new ArrayList<>();
        try (zone) {
            zone.checkForStoring();
            store(keys.isStandardOutput() && !json.isStandardOutput(), chunks);
        }
        long bytes = chunks.stream().mapToLong(PutChunk::bytes).sum();
        if (chunks.isEmpty()) {
            warn(file + " is empty: it has no chunks.");
        }
        if (!keys.isStandardOutput()) {
            keys.write(KeyLists.text(chunks.stream().map(PutChunk::key).toList()));
        }
        json.write(new PutFacts(file.toString(), bytes, chunks));
        return ExitCodes.DONE;
    }

    private void store(boolean printsKeys, List<PutChunk> chunks) throws Exception {
        Input input = new Input("file", file);
        try (Origin origin = zone.takeOrigin();
                InputStream in = input.open();
                ZoneCache cache = zone.open(false)) {
            Window<PutChunk> window = new Window<>(CHUNKS_IN_FLIGHT, chunk -> stored(chunk, printsKeys, chunks));
            window.makeRoom();
            for (byte[] chunk = in.readNBytes(chunkBytes); chunk.length > 0; chunk = in.readNBytes(chunkBytes)) {
                window.add(put(chunk, origin, cache));
                window.makeRoom();
            }
            window.drain();
            awaitAllStripes(cache, chunks.size());
        } catch (IOException e) {
            throw input.failed(e, "a file that can be read");
        }
    }

    private CompletableFuture<PutChunk> put(byte[] chunk, @Nullable Origin origin, ZoneCache cache) {
        ChunkKey key = ChunkKey.sha256Of(chunk);
        CompletableFuture<Void> below = origin == null
                ? CompletableFuture.completedFuture(null)
                : origin.store(key, ByteBuffer.wrap(chunk), zone.deadline().toMillis());
        return below.thenCompose(stored -> cache.prime(key, chunk))
                .thenApply(result -> acknowledged(key, chunk.length, result));
    }

    private static PutChunk acknowledged(ChunkKey key, int bytes, PrimeResult result) {
        if (!result.isReadable()) {
            throw new CommandException("chunk " + key + ": " + result.acknowledged() + " of " + result.stripes()
                    + " stripes stored (expected: at least " + result.needed() + "): "
                    + String.join("; ", result.failures()));
        }
        return new PutChunk(key.toHex(), bytes, result.stripes(), result.acknowledged());
    }

    private void stored(PutChunk chunk, boolean printsKeys, List<PutChunk> chunks) {
        chunks.add(chunk);
        if (printsKeys) {
            PrintWriter out = spec.commandLine().getOut();
            out.println(chunk.key());
            out.flush();
        }
        if (chunk.acknowledged() < chunk.stripes()) {
            warn("chunk " + chunk.key() + ": " + chunk.acknowledged() + " of " + chunk.stripes()
                    + " stripes stored; the others are tried again");
        }
    }

    /** The client stores what is missing as soon as nodes take it, but forgets it when it is closed. */
    private void awaitAllStripes(ZoneCache cache, int chunks) throws InterruptedException {
        long startNanos = System.nanoTime();
        while (cache.stats().writes().incompleteChunks() > 0
                && System.nanoTime() - startNanos < zone.deadline().toNanos()) {
            LockSupport.parkNanos(POLL_NANOS);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
        WriteStats writes = cache.stats().writes();
        long incomplete = writes.incompleteChunks() + writes.droppedChunks();
        if (incomplete > 0) {
            warn(incomplete + " of " + chunks
                    + " chunks have fewer than all their stripes: they can be read, but not after"
                    + " the loss of as many nodes as others (expected: nodes that take stripes; put the file again once"
                    + " `zonecache status` shows all of them up)");
        }
    }

    private void warn(String message) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(message);
        err.flush();
    }
}
