package io.zonecache.cli.versions;

import io.zonecache.client.Chunk;
import io.zonecache.client.ClientConfig;
import io.zonecache.client.ZoneCache;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.Origins;
import io.zonecache.model.ChunkKey;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * A client as a process. Takes a line for each order, {@code ORDER ID ...}, and answers each with a line that begins with the same two
 * words; ends with its input. Names only what the public API has had since the earliest build that it is run with.
 */
public final class VersionClientMain {

    static final Duration DEADLINE = Duration.ofSeconds(30);

    private static final int READERS = 4;

    private final ZoneCache cache;
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicLong wrong = new AtomicLong();
    private final List<Thread> readers = new ArrayList<>();
    private volatile boolean reading;
    private volatile String lastFailure = "";

    private VersionClientMain(ZoneCache cache) {
        this.cache = cache;
    }

    /** Builds before this one have the options of all origins in one class. */
    private static Origin origin(String location, String endpoint) throws ReflectiveOperationException {
        try {
            return (Origin) Origins.class
                    .getMethod("parse", String.class, Map.class)
                    .invoke(null, location, Map.of("endpoint", endpoint));
        } catch (NoSuchMethodException e) {
            Class<?> options = Class.forName("io.zonecache.client.origin.OriginOptions");
            Object builder = options.getMethod("builder").invoke(null);
            builder.getClass().getMethod("endpoint", URI.class).invoke(builder, URI.create(endpoint));
            Object built = builder.getClass().getMethod("build").invoke(builder);
            return (Origin)
                    Origins.class.getMethod("parse", String.class, options).invoke(null, location, built);
        }
    }

    /** @param args nodes, the origin's location, and its endpoint */
    public static void main(String[] args) throws Exception {
        PrintStream out = System.out;
        ClientConfig config = ClientConfig.builder()
                .nodes(List.of(args[0].split(",", -1)))
                .localCacheBytes(0)
                .eventLoops(1)
                .readDeadline(DEADLINE)
                .build();
        try (ZoneCache cache = ZoneCache.builder()
                .config(config)
                .origin(origin(args[1], args[2]))
                .build()) {
            cache.whenReady().join();
            VersionClientMain client = new VersionClientMain(cache);
            out.println("ready");
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ", -1);
                out.println(words[0] + " " + words[1] + " " + client.execute(words));
            }
        }
    }

    private String execute(String[] words) throws InterruptedException {
        return switch (words[0]) {
            case "read" -> readAll(keys(words[2]));
            case "begin" -> begin(keys(words[2]));
            case "count" -> Long.toString(reads.get());
            case "end" -> end();
            case "idle" -> {
                cache.whenIdle().join();
                yield "idle";
            }
            default ->
                throw new IllegalArgumentException(
                        "order: " + words[0] + " (expected: read, begin, count, end or idle)");
        };
    }

    private static List<ChunkKey> keys(String text) {
        return Stream.of(text.split(",", -1)).map(ChunkKey::parse).toList();
    }

    /** Reads all of them at once. */
    private String readAll(List<ChunkKey> keys) {
        List<CompletableFuture<Chunk>> started = keys.stream().map(cache::get).toList();
        for (int i = 0; i < keys.size(); i++) {
            try {
                check(keys.get(i), started.get(i).join());
            } catch (CompletionException e) {
                count(e);
            }
        }
        return takeOutcome();
    }

    /** Goes on reading them in random order until told to end. */
    private String begin(List<ChunkKey> keys) {
        reading = true;
        for (int i = 0; i < READERS; i++) {
            SplittableRandom random = new SplittableRandom(i);
            Thread reader = new Thread(() -> readOn(keys, random), "reader-" + i);
            reader.setDaemon(true);
            reader.start();
            readers.add(reader);
        }
        return "begun";
    }

    private void readOn(List<ChunkKey> keys, SplittableRandom random) {
        while (reading) {
            ChunkKey key = keys.get(random.nextInt(keys.size()));
            try {
                check(key, cache.get(key).join());
            } catch (CompletionException e) {
                count(e);
            }
        }
    }

    private String end() throws InterruptedException {
        reading = false;
        for (Thread reader : readers) {
            reader.join();
        }
        readers.clear();
        return takeOutcome();
    }

    /** The key is the hash of the right bytes. */
    private void check(ChunkKey key, Chunk chunk) {
        if (!ChunkKey.sha256Of(chunk.buffer()).equals(key)) {
            wrong.incrementAndGet();
        }
        reads.incrementAndGet();
    }

    private void count(CompletionException e) {
        lastFailure = String.valueOf(e.getCause());
        failed.incrementAndGet();
        reads.incrementAndGet();
    }

    private String takeOutcome() {
        return reads.getAndSet(0) + " " + failed.getAndSet(0) + " " + wrong.getAndSet(0) + " " + lastFailure;
    }
}
