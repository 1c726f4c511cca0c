package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.time.Timeouts.nanos;

import io.zonecache.client.internal.read.ZoneRead;
import io.zonecache.client.internal.read.ZoneRead.Basis;
import io.zonecache.model.ZoneNode;
import java.util.List;

/**
 * The evidence that the zone lacks a chunk: reads of the zone, and nodes that report that the chunk has not been filled yet.
 *
 * <p>If some stripes are present and another client was filling the chunk a moment ago, the rest is probably on its way: a slow node delays its
 * stripe, or the fill outlived its lease. The zone is then read again a few times, for less than a second in all. If no client is filling the
 * chunk, its remaining stripes are not waited for.
 *
 * <p>Pure; not thread-safe.
 */
final class MissEvidence {

    /** Nodes keep the record of a fill for 2 s: an answer within this time of the last one would report it. */
    static final long FILL_RECORD_MILLIS = 1_500;

    /** Pauses before the second, third, ... read of a chunk that is partly present. */
    private static final long[] REREAD_PAUSES_MILLIS = {50, 100, 200, 400};

    private ZoneRead.Miss miss;

    /** When the zone was last known to miss the chunk: here by a read of it, below by a read or a node's answer. */
    private long readNanos;

    private long lastConfirmedNanos;
    private boolean isFilledByOthers;
    private int rereads;

    MissEvidence(ZoneRead.Miss miss) {
        this.miss = miss;
        this.readNanos = miss.askedNanos();
        this.lastConfirmedNanos = miss.askedNanos();
    }

    /** The zone has been read again, and still misses the chunk. */
    void readAgain(ZoneRead.Miss newer, long nowNanos) {
        miss = newer;
        boolean isRecent = nowNanos - newer.askedNanos() <= nanos(FILL_RECORD_MILLIS);
        readNanos = isRecent ? nowNanos : newer.askedNanos();
        lastConfirmedNanos = readNanos;
    }

    /** A node reports that the chunk has not been filled yet. */
    void nodeReportedMissing(long nowNanos) {
        lastConfirmedNanos = nowNanos;
    }

    /** Whether another client fills the chunk, or has just filled it. */
    void setFilledByOthers(boolean value) {
        isFilledByOthers = value;
    }

    /**
     * The pause before the zone is read again if the chunk is probably on its way, in milliseconds; 0 if it is not, or if there is no time.
     */
    long nextRereadPauseMillis(long leftNanos) {
        // Once in any case: a miss may be certain before the nodes that hold stripes have answered.
        boolean isOnItsWay = isFilledByOthers && (miss.stripesHeld() > 0 || rereads == 0);
        if (isOnItsWay
                && rereads < REREAD_PAUSES_MILLIS.length
                && 2 * nanos(REREAD_PAUSES_MILLIS[rereads]) < leftNanos) {
            return REREAD_PAUSES_MILLIS[rereads++];
        }
        rereads = 0;
        return 0;
    }

    /** Whether the last confirmation, by a read or a node, is older than this. */
    boolean isOlderThan(long millis, long nowNanos) {
        return nowNanos - lastConfirmedNanos > nanos(millis);
    }

    /** Whether the last confirmation by a read is older than this. */
    boolean isReadOlderThan(long millis, long nowNanos) {
        return nowNanos - readNanos > nanos(millis);
    }

    boolean restsOn(Basis basis) {
        return miss.basis() == basis;
    }

    /** The chunk's nodes, coordinator first. */
    List<ZoneNode> placement() {
        return miss.placement();
    }
}
