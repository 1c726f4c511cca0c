package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.fill.FillContext.nanos;

import io.zonecache.client.internal.read.ZoneRead;
import io.zonecache.client.internal.read.ZoneRead.Basis;
import io.zonecache.model.ZoneNode;
import java.util.List;

/**
 * The evidence that the zone lacks a chunk: reads of the zone, and nodes that report that nobody has filled it yet.
 *
 * <p>If some stripes are present and another client was filling the chunk a moment ago, the rest is probably on its way: a slow node delays its
 * stripe, or the fill outlived its lease. The zone is then read again a few times, for less than a second in all. If nobody is filling the
 * chunk, its remaining stripes are not waited for.
 *
 * <p>Pure; not thread-safe.
 */
final class MissKnowledge {

    /** Nodes remember for 2 s that a chunk was filled: within this time of an answer, the next one would tell. */
    static final long FILLED_KNOWN_MILLIS = 1_500;

    /** Before the second, third, ... look at a chunk that is partly there. */
    private static final long[] LOOK_PAUSES_MILLIS = {50, 100, 200, 400};

    private ZoneRead.Miss miss;

    /** As of when the zone is known to miss the chunk, by a read of it; and by that or a node's answer. */
    private long readNanos;

    private long toldNanos;
    private boolean isFilledByOthers;
    private int looks;

    MissKnowledge(ZoneRead.Miss miss) {
        this.miss = miss;
        this.readNanos = miss.askedNanos();
        this.toldNanos = miss.askedNanos();
    }

    /** The zone has been read again, and misses the chunk still. */
    void readAgain(ZoneRead.Miss newer, long nowNanos) {
        miss = newer;
        boolean isRecent = nowNanos - newer.askedNanos() <= nanos(FILLED_KNOWN_MILLIS);
        readNanos = isRecent ? nowNanos : newer.askedNanos();
        toldNanos = readNanos;
    }

    /** A node says that the chunk has not been filled yet. */
    void toldMissing(long nowNanos) {
        toldNanos = nowNanos;
    }

    /** Whether somebody else fills it, or has just filled it. */
    void setFilledByOthers(boolean value) {
        isFilledByOthers = value;
    }

    /**
     * The pause before the next look where the chunk is most likely on its way, in milliseconds; 0 where it is not, or where there is no time.
     */
    long nextLookMillis(long leftNanos) {
        // Once in any case: a miss may be certain before the nodes that hold stripes have answered.
        boolean isOnItsWay = isFilledByOthers && (miss.stripesHeld() > 0 || looks == 0);
        if (isOnItsWay && looks < LOOK_PAUSES_MILLIS.length && 2 * nanos(LOOK_PAUSES_MILLIS[looks]) < leftNanos) {
            return LOOK_PAUSES_MILLIS[looks++];
        }
        looks = 0;
        return 0;
    }

    /** Whether neither a read nor a node has said so for so long. */
    boolean isOlderThan(long millis, long nowNanos) {
        return nowNanos - toldNanos > nanos(millis);
    }

    /** Whether no read has said so for so long. */
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
