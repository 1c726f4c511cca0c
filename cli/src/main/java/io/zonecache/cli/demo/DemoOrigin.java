package io.zonecache.cli.demo;

import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginLimits;
import io.zonecache.client.origin.s3.S3Origin;
import io.zonecache.client.origin.s3.S3OriginOptions;
import io.zonecache.client.origin.s3.S3OriginOptions.StaticCredentials;
import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.oracle.ChunkOracle;
import io.zonecache.testkit.s3.S3Control;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.stream.LongStream;

/** Puts the input into S3, as a program that writes chunks would. */
final class DemoOrigin {

    static final String LOCATION = "s3://" + S3Control.BUCKET + "/demo";

    private static final int STORES_IN_FLIGHT = 8;
    private static final long STORE_MILLIS = 90_000;

    private DemoOrigin() {}

    /** Chunks that are not the input's, for workers to warm up with. */
    static List<ChunkKey> storeWarmUp(S3Control s3, long seed, int chunks) {
        ChunkOracle oracle = new ChunkOracle(seed, DemoInput.CHUNK_BYTES);
        List<ChunkKey> keys = LongStream.range(0, chunks).mapToObj(oracle::key).toList();
        store(s3, keys, key -> ByteBuffer.wrap(oracle.chunk(keys.indexOf(key))));
        return keys;
    }

    static void store(S3Control s3, DemoInput input) {
        store(s3, input.keys(), input::read);
    }

    private static void store(S3Control s3, List<ChunkKey> keys, Function<ChunkKey, ByteBuffer> chunks) {
        S3OriginOptions options = S3OriginOptions.builder()
                .endpoint(s3.endpoint())
                .region(S3Control.REGION)
                .credentials(new StaticCredentials(S3Control.ACCESS_KEY, S3Control.SECRET_KEY, null))
                .limits(OriginLimits.DEFAULT.withThreads(STORES_IN_FLIGHT))
                .build();
        try (Origin origin = S3Origin.open(LOCATION, options)) {
            Deque<CompletableFuture<Void>> inFlight = new ArrayDeque<>();
            for (ChunkKey key : keys) {
                if (inFlight.size() == STORES_IN_FLIGHT) {
                    inFlight.removeFirst().join();
                }
                inFlight.addLast(origin.store(key, chunks.apply(key), STORE_MILLIS));
            }
            inFlight.forEach(CompletableFuture::join);
        }
    }
}
