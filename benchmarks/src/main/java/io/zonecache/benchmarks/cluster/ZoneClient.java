package io.zonecache.benchmarks.cluster;

import io.zonecache.benchmarks.cluster.peer.ChunkReader;
import io.zonecache.client.ClientConfig;
import io.zonecache.client.OverRequestPolicy;
import io.zonecache.client.Verification;
import io.zonecache.client.ZoneCache;
import io.zonecache.client.origin.Origin;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The client with its local cache off and longer timeouts; otherwise as it is by default. */
final class ZoneClient implements AutoCloseable {

    /** On a busy machine a stall belongs into the percentiles; it must not end the bench. */
    private static final Duration DEADLINE = Duration.ofSeconds(30);

    private static final long VIEW_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private final ZoneCache cache;
    private final BenchChunks chunks;
    private final Verification verification;
    private final OverRequestPolicy policy;

    /**
     * @param seeds where the view comes from
     * @param origin without one, a miss is an error
     */
    ZoneClient(
            List<String> seeds,
            BenchChunks chunks,
            Verification verification,
            OverRequestPolicy policy,
            @Nullable Origin origin) {
        this.chunks = chunks;
        this.verification = verification;
        this.policy = policy;
        this.cache = ZoneCache.builder()
                .config(ClientConfig.builder()
                        .nodes(seeds)
                        .localCacheBytes(0)
                        .readDeadline(DEADLINE)
                        .verification(verification)
                        .overRequest(policy)
                        .build())
                .origin(origin)
                .build();
        awaitView();
    }

    /** {@code checksum.all}, and so on. */
    String mode() {
        return (verification + "." + policy).toLowerCase(Locale.ROOT);
    }

    ZoneCache cache() {
        return cache;
    }

    ChunkReader reader() {
        return index -> cache.read(chunks.key(index))::buffer;
    }

    /** The first attempts may fail where much starts at once; the client goes on by itself. */
    private void awaitView() {
        long begin = System.nanoTime();
        while (cache.view().isEmpty()) {
            if (System.nanoTime() - begin > VIEW_NANOS) {
                cache.close();
                throw new IllegalStateException("no node of the zone answered within 60 s");
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    @Override
    public void close() {
        cache.close();
    }
}
