package io.zonecache.cli.demo.worker;

import io.zonecache.cli.command.Failures;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.HdrHistogram.Histogram;

/** Counts reads as they end. Thread-safe. */
final class ReadTally {

    /** Turned away, as against broken: the caller was told to come later. */
    private static final Set<CacheErrorCode> REFUSALS = EnumSet.of(
            CacheErrorCode.ORIGIN_LIMIT, CacheErrorCode.RATE_LIMITED, CacheErrorCode.BUSY, CacheErrorCode.DRAINING);

    private final Histogram latencies = Latencies.create();
    private final List<String> errors = new ArrayList<>();
    private long reads;
    private long failed;
    private long refused;
    private long wrongBytes;

    synchronized void right(long nanos) {
        reads++;
        Latencies.record(latencies, nanos);
    }

    synchronized void wrong(ChunkKey key) {
        reads++;
        wrongBytes++;
        error(key, "wrong bytes");
    }

    synchronized void failed(ChunkKey key, Throwable error) {
        Throwable cause = Failures.cause(error);
        reads++;
        if (cause instanceof CacheException e && REFUSALS.contains(e.code())) {
            refused++;
        } else {
            failed++;
        }
        error(key, String.valueOf(cause instanceof CacheException ? cause.getMessage() : cause));
    }

    synchronized long reads() {
        return reads;
    }

    synchronized Tally tally(ChunkSource.Served served) {
        return new Tally(
                reads,
                failed,
                refused,
                wrongBytes,
                served.fromLocal(),
                served.fromZone(),
                served.fromOrigin(),
                Latencies.encode(latencies),
                List.copyOf(errors));
    }

    private void error(ChunkKey key, String words) {
        if (errors.size() < Tally.MAX_ERRORS) {
            errors.add("chunk " + key.toHex().substring(0, 12) + ": " + words);
        }
    }
}
