package io.zonecache.benchmarks.herd;

import io.zonecache.client.Chunk;
import io.zonecache.client.ClientConfig;
import io.zonecache.client.ZoneCache;
import io.zonecache.client.origin.Origins;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneView;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One client of the herd, a process. Takes a line for each order, {@code ORDER ID ...}, and answers each with a line that begins with
 * the same two words; ends with its input.
 */
public final class HerdClientMain {

    static final Duration DEADLINE = Duration.ofSeconds(60);

    private static final long SETTLE_SECONDS = 90;
    private static final long SETTLE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final ZoneCache cache;
    private final ChunkKey warm;
    private ChunkKey last;

    private HerdClientMain(ZoneCache cache, ChunkKey warm) {
        this.cache = cache;
        this.warm = warm;
        this.last = warm;
    }

    /** @param args nodes, the origin's location, its endpoint, and the key of a chunk to warm up with */
    public static void main(String[] args) throws IOException, InterruptedException {
        PrintStream out = System.out;
        ClientConfig config = ClientConfig.builder()
                .nodes(List.of(args[0].split(",")))
                .localCacheBytes(0)
                .eventLoops(1)
                .readDeadline(DEADLINE)
                .build();
        ChunkKey warm = ChunkKey.parse(args[3]);
        try (ZoneCache cache = ZoneCache.builder()
                .config(config)
                .origin(Origins.parse(args[1], Map.of("endpoint", args[2])))
                .build()) {
            // A program that has only just begun needs seconds to load an S3 client, which is no matter of the zone's.
            cache.stat(args[1] + "/" + warm.toHex().substring(0, 2) + "/" + warm.toHex())
                    .join();
            HerdClientMain client = new HerdClientMain(cache, warm);
            client.settle();
            out.println("ready");
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ");
                out.println(words[0] + " " + words[1] + " " + client.obey(words));
            }
        }
    }

    private String obey(String[] words) throws InterruptedException {
        return switch (words[0]) {
            case "read" -> read(ChunkKey.parse(words[2]), Integer.parseInt(words[3]));
            case "fetches" -> Long.toString(cache.stats().origin().fetches());
            case "settle" -> settle();
            default ->
                throw new IllegalArgumentException("order: " + words[0] + " (expected: read, fetches or settle)");
        };
    }

    /** Starts all readers at once, and answers while they read: {@code fetches} must be heard meanwhile. */
    private String read(ChunkKey key, int readers) {
        last = key;
        List<CompletableFuture<Chunk>> reads = new ArrayList<>(readers);
        for (int i = 0; i < readers; i++) {
            reads.add(cache.get(key));
        }
        CompletableFuture<Void> unused = CompletableFuture.allOf(reads.toArray(CompletableFuture[]::new))
                .handleAsync((all, failure) -> {
                    System.out.println("outcome " + key + " " + outcome(key, reads));
                    return null;
                });
        return "begun";
    }

    private static String outcome(ChunkKey key, List<CompletableFuture<Chunk>> reads) {
        int failed = 0;
        int wrong = 0;
        String words = "";
        Chunk right = null;
        for (CompletableFuture<Chunk> read : reads) {
            try {
                Chunk chunk = read.join();
                if (right == null && ChunkKey.sha256Of(chunk.buffer()).equals(key)) {
                    right = chunk;
                }
                wrong += right != null && chunk.buffer().equals(right.buffer()) ? 0 : 1;
            } catch (CompletionException e) {
                failed++;
                words = String.valueOf(e.getCause());
            }
        }
        return failed + " " + wrong + " " + words;
    }

    /** Reads until this client asks every node of the zone again. */
    private String settle() throws InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
        while (System.nanoTime() - deadlineNanos < 0) {
            // Only reads find out that a node is back, and no chunk is on every node.
            cache.read(warm);
            cache.read(last);
            boolean allUp = cache.view().map(HerdClientMain::isWhole).orElse(false);
            if (allUp && cache.stats().nodesSkipped() == 0) {
                return "settled";
            }
            LockSupport.parkNanos(SETTLE_PAUSE_NANOS);
        }
        return "not settled within " + SETTLE_SECONDS + " s: " + cache.view();
    }

    private static boolean isWhole(ZoneView view) {
        return view.nodes().size() == HerdPlan.NODES
                && view.nodes().stream().allMatch(node -> node.state() == NodeState.UP);
    }
}
