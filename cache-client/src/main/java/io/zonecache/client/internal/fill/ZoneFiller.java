package io.zonecache.client.internal.fill;

import io.zonecache.client.PrimeResult;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.read.NodeFinding;
import io.zonecache.client.internal.read.ZoneRead;
import io.zonecache.client.origin.StoredObject;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Gets a chunk that the zone certainly misses, and puts stripes into the zone.
 *
 * <p>Safe for concurrent use, never blocks. Futures complete on threads of the origin, the transport or the timer: dependents must
 * not block. Everything in flight is bounded.
 */
public interface ZoneFiller extends AutoCloseable {

    /**
     * The chunk, from the origin or, if another client has filled it meanwhile, from the zone. Call it as soon as the miss is known, and once for
     * each key at a time.
     *
     * <p>Fails with {@code ABSENT}, {@code ORIGIN_FAILED}, {@code ORIGIN_LIMIT} (no permit or lease within the read's time),
     * {@code DEADLINE_EXCEEDED} (another client's fill took too long), {@code CLOSED}, or as a read of the zone does. Waiting ends with the read's
     * deadline, but an origin fetch that has begun continues, so the future may complete later: a caller that can't wait for that simply leaves.
     *
     * @param read the read that missed, used again for further rounds
     */
    CompletableFuture<FilledChunk> fill(ChunkRead read, ZoneRead.Miss miss);

    /**
     * The state of an object of the origin, as it was told at most {@code FillConfig.statMillis} ago. Fails as the origin does, with
     * {@code BAD_REQUEST} if there is none, {@code ORIGIN_LIMIT}, {@code DEADLINE_EXCEEDED} or {@code CLOSED}.
     *
     * @param versionId null for the current version
     */
    CompletableFuture<StoredObject> stat(String uri, @Nullable String versionId, long deadlineNanos);

    /**
     * Stores a chunk's stripes on the nodes of its placement, without the origin. Completes with what was acknowledged; fails with
     * {@code KEY_MISMATCH}, {@code TOO_LARGE}, {@code ZONE_UNCERTAIN} (no view), {@code BUSY} (too many calls, or not in time),
     * {@code BAD_REQUEST} (an empty chunk) or {@code CLOSED}. Cancelling the future stops a call that waits; stripes already being sent are still
     * sent.
     *
     * @param chunk its remaining bytes, which must not change until the future completes
     */
    CompletableFuture<PrimeResult> prime(ChunkKey key, ByteBuffer chunk, long deadlineNanos);

    /**
     * Puts stripes that a read found missing or bad where they belong, if the repair budget allows. The outcome is not reported.
     *
     * @param chunk the whole chunk, verified
     * @param code that the stripes read were written with
     * @param findings what each node of the placement, in its order, was found to hold
     */
    void repair(ChunkName name, ByteBuffer chunk, CodeSpec code, List<NodeFinding> findings);

    /** Every read of the zone earns a fraction of a repair. */
    void countRead();

    FillStats stats();

    /** Completes no more chunks that have too few stripes; other writes continue. */
    void stopCompletion();

    /** Completes when no fetch and no write is in flight. */
    CompletableFuture<Void> whenIdle();

    /** Fails waiting calls with {@code CLOSED}, abandons writes, and returns leases to nodes that can still be reached. Leaves the origin open. */
    @Override
    void close();
}
