package io.zonecache.chaos.reader;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * What a reader process is started with, as its one argument.
 *
 * @param nodes data addresses to learn the zone from
 * @param s3 the S3 server's endpoint
 * @param seed of the {@link io.zonecache.testkit.oracle.ChunkOracle}
 * @param first index of the first chunk that is read, of {@code count}
 * @param threads reads under way at most
 * @param readsPerSecond at most; 0 waits for a pace to be told
 * @param deadlineMillis of each read
 * @param choice seed of what is read next
 */
public record ReaderSetup(
        List<String> nodes,
        String s3,
        long seed,
        int chunkBytes,
        int first,
        int count,
        int threads,
        int readsPerSecond,
        long deadlineMillis,
        long choice) {

    public ReaderSetup withRange(int otherFirst, int otherCount) {
        return new ReaderSetup(
                nodes,
                s3,
                seed,
                chunkBytes,
                otherFirst,
                otherCount,
                threads,
                readsPerSecond,
                deadlineMillis,
                choice + otherFirst);
    }

    public ReaderSetup withPace(int otherThreads, int otherReadsPerSecond) {
        return new ReaderSetup(
                nodes, s3, seed, chunkBytes, first, count, otherThreads, otherReadsPerSecond, deadlineMillis, choice);
    }

    public ReaderSetup withDeadline(long millis) {
        return new ReaderSetup(nodes, s3, seed, chunkBytes, first, count, threads, readsPerSecond, millis, choice);
    }

    ReaderSetup withChoice(long other) {
        return new ReaderSetup(
                nodes, s3, seed, chunkBytes, first, count, threads, readsPerSecond, deadlineMillis, other);
    }

    String toJson() {
        return new JsonObject()
                .put("nodes", new JsonArray(nodes))
                .put("s3", s3)
                .put("seed", seed)
                .put("chunkBytes", chunkBytes)
                .put("first", first)
                .put("count", count)
                .put("threads", threads)
                .put("readsPerSecond", readsPerSecond)
                .put("deadlineMillis", deadlineMillis)
                .put("choice", choice)
                .encode();
    }

    static ReaderSetup of(String text) {
        JsonObject json = new JsonObject(text);
        return new ReaderSetup(
                json.getJsonArray("nodes").stream().map(String::valueOf).toList(),
                json.getString("s3"),
                json.getLong("seed"),
                json.getInteger("chunkBytes"),
                json.getInteger("first"),
                json.getInteger("count"),
                json.getInteger("threads"),
                json.getInteger("readsPerSecond"),
                json.getLong("deadlineMillis"),
                json.getLong("choice"));
    }
}
