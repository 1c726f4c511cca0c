package example;

import io.zonecache.client.Chunk;
import io.zonecache.client.ClientConfig;
import io.zonecache.client.ZoneCache;
import io.zonecache.client.origin.Origins;
import io.zonecache.model.ChunkKey;
import java.util.List;

/** Reads one chunk through a zone: {@code Worker HOST:PORT[,HOST:PORT] ORIGIN KEY}. */
public final class Worker {

    private Worker() {}

    public static void main(String[] args) throws Exception {
        long startNanos = System.nanoTime();
        ClientConfig config =
                ClientConfig.builder().nodes(List.of(args[0].split(","))).build();
        try (ZoneCache cache =
                ZoneCache.builder().config(config).origin(Origins.parse(args[1])).build()) {
            Chunk chunk = cache.read(ChunkKey.parse(args[2]));
            System.out.printf("%d bytes after %d ms%n", chunk.length(), (System.nanoTime() - startNanos) / 1_000_000);
        }
    }
}
