package io.zonecache.client;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Reads a chunk of the zone, one that nobody has, and one of the origin; returns from {@code main} without closing its cache. */
final class UnclosedCacheMain {

    private static final Duration LONG = Duration.ofSeconds(60);

    private UnclosedCacheMain() {}

    /** @param args nodes separated by commas, the S3 server's address, the keys of a chunk in the zone and of one at the origin */
    public static void main(String[] args) throws Exception {
        ZoneCache cache = ZoneCache.builder()
                .config(ClientConfig.builder()
                        .nodes(List.of(args[0].split(",")))
                        .build())
                .origin(TestS3.origin(URI.create(args[1]), "chunks"))
                .build();
        say("hit " + cache.read(ChunkKey.parse(args[2]), LONG).length());
        try {
            cache.read(new ChunkKey(1, 2, 3, 4), LONG);
        } catch (CacheException e) {
            say(e.code() == CacheErrorCode.ABSENT ? "miss" : e.toString());
        }
        say("origin " + cache.read(ChunkKey.parse(args[3]), LONG).length());
        cache.whenIdle().get(LONG.toSeconds(), TimeUnit.SECONDS);
        say("written back " + cache.stats());
        Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> !thread.isDaemon())
                .forEach(thread -> say("not a daemon: " + thread.getName()));
    }

    @SuppressWarnings("SystemOut") // what the test reads
    private static void say(String line) {
        System.out.println(line);
    }
}
