package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.fill.FillContext.nanos;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.read.ZoneRead;
import io.zonecache.model.ZoneNode;
import java.util.List;
import java.util.function.Consumer;

/**
 * What one read knows of the zone's lack of its chunk, and how it looks again: what was missing a while ago may have been filled,
 * ended and forgotten since, and then a lease would buy a second fetch.
 *
 * <p>A chunk of which some stripes are there, and which somebody was filling a moment ago, is most likely on its way: a node that
 * is slow keeps its stripe back, or the fill outlived its lease. So it is looked for a few times more before the origin is asked,
 * for less than a second in all. What is left of a chunk that nobody fills is not waited for.
 */
final class MissRecheck {

    /** Before the second, third, ... look at a chunk that is partly there. */
    private static final long[] PAUSES_MILLIS = {50, 100, 200, 400};

    private final FillContext context;
    private final FillTime time;
    private final ChunkRead read;
    private final Consumer<ZoneRead.Hit> onHit;
    private ZoneRead.Miss miss;
    private boolean isFilledByOthers;

    MissRecheck(FillContext context, FillTime time, ChunkRead read, ZoneRead.Miss miss, Consumer<ZoneRead.Hit> onHit) {
        this.context = context;
        this.time = time;
        this.read = read;
        this.miss = miss;
        this.onHit = onHit;
    }

    /** The chunk's nodes, coordinator first, as of the last look. */
    List<ZoneNode> placement() {
        return miss.placement();
    }

    /** Somebody else fills the chunk, or has just done so. */
    void othersFill() {
        isFilledByOthers = true;
    }

    /** Nothing of it is to be expected. */
    void othersFailed() {
        isFilledByOthers = false;
    }

    /** Goes on if the miss is certain by now: known for a moment only, or found again. */
    void ifStillMissing(Runnable next) {
        if (context.nanoTime() - miss.askedNanos() <= nanos(context.config.staleMissMillis())) {
            next.run();
        } else {
            look(next);
        }
    }

    /** Reads the zone again, and goes on if it still misses the chunk. */
    void look(Runnable ifMissing) {
        look(ifMissing, 0);
    }

    private void look(Runnable ifMissing, int looks) {
        if (time.isOver()) {
            return;
        }
        Futures.then(
                context.reader.read(read),
                found -> {
                    if (found instanceof ZoneRead.Hit hit) {
                        onHit.accept(hit);
                    } else if (found instanceof ZoneRead.Miss newer) {
                        miss = newer;
                        // Once in any case: a miss may be certain before the nodes that hold stripes have answered.
                        boolean isOnItsWay = isFilledByOthers && (newer.stripesHeld() > 0 || looks == 0);
                        if (isOnItsWay && looks < PAUSES_MILLIS.length && time.hasFor(PAUSES_MILLIS[looks])) {
                            time.pause(PAUSES_MILLIS[looks], () -> look(ifMissing, looks + 1));
                        } else {
                            ifMissing.run();
                        }
                    }
                },
                time::fail);
    }
}
