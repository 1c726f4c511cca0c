package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.time.Timeouts.nanos;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.read.ZoneReader;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.time.ClientTimer.Scheduled;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.client.internal.view.ZoneKnowledge;
import io.zonecache.model.ZoneNode;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether nodes answer again, for all of a client's reads that could reach no node of their chunk's placement and wait for the
 * origin reserve.
 *
 * <p>About once a second, one node is asked on behalf of one read, each read in turn. Only if that node answers are more nodes asked, each once in
 * a round: the rest of that read's placement, then those of the other reads' placements, until a placement turns out not to answer. A read is
 * notified once all nodes of its placement have been asked and one of them has answered; by then the client knows of each whether to ask it. So an
 * unreachable zone gets one request a second from a client, however many of its reads wait, and one that is back gets one for each node, before the
 * reads themselves ask it.
 *
 * <p>Thread-safe, never blocks.
 */
final class ZoneWatch {

    private static final Logger LOG = LoggerFactory.getLogger(ZoneWatch.class);

    /** Between two checks, plus or minus a quarter. */
    private static final long CHECK_MILLIS = 1_000;

    /** Before a read that was notified once without success is notified again; then twice as long each time. */
    private static final long FIRST_PAUSE_MILLIS = 2_000;

    private static final int MAX_DOUBLINGS = 4;

    private final ZoneReader reader;
    private final ZoneKnowledge zone;
    private final ClientTimer timer;
    private final RandomGenerator random;

    /** Ordered by when a node was last asked on their behalf, longest ago first. Guarded by this, like all fields below. */
    private final Set<Watch> watches = new LinkedHashSet<>();

    private @Nullable Scheduled nextCheck;

    /** The round in which a node has answered, until it is over: no other goes beyond its first node meanwhile. */
    private @Nullable Round current;

    /**
     * A read that waits.
     *
     * @param notBeforeNanos the read is not notified before this time
     */
    private record Watch(ChunkRead read, long notBeforeNanos, Runnable onHeard) {

        /** One read may wait more than once. */
        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }

    /** What one check has found out about nodes, by their ids. Used by one thread at a time. */
    private static final class Round {
        private final Deque<Watch> left;
        private final Set<String> asked = new HashSet<>();
        private final Set<String> heard = new HashSet<>();

        Round(Collection<Watch> due) {
            this.left = new ArrayDeque<>(due);
        }

        List<ZoneNode> unasked(List<ZoneNode> placement) {
            return placement.stream().filter(node -> !asked.contains(node.id())).toList();
        }

        boolean isAnyHeard(List<ZoneNode> placement) {
            return placement.stream().anyMatch(node -> heard.contains(node.id()));
        }
    }

    ZoneWatch(ZoneReader reader, ZoneKnowledge zone, ClientTimer timer, RandomGenerator random) {
        this.reader = reader;
        this.zone = zone;
        this.timer = timer;
        this.random = random;
    }

    /**
     * Watches for a read.
     *
     * @param timesNotified how often the read has been notified already and still could reach no node for its lease
     * @param onHeard called at most once, on a thread of the transport or the timer, when a node of the chunk's placement answers
     * @return ends the watch; must be called in any case, and may be called more than once
     */
    Runnable watch(ChunkRead read, int timesNotified, Runnable onHeard) {
        long pauseNanos =
                timesNotified == 0 ? 0 : nanos(FIRST_PAUSE_MILLIS) << Math.min(timesNotified - 1, MAX_DOUBLINGS);
        Watch watch = new Watch(read, timer.nanoTime() + pauseNanos, onHeard);
        synchronized (this) {
            watches.add(watch);
            try {
                checkLater();
            } catch (RuntimeException | Error e) {
                watches.remove(watch);
                throw e;
            }
        }
        return () -> end(watch);
    }

    /** Ends a watch; false if it had ended before. */
    private synchronized boolean end(Watch watch) {
        boolean isFirst = watches.remove(watch);
        if (watches.isEmpty() && nextCheck != null) {
            nextCheck.cancel();
            nextCheck = null;
        }
        return isFirst;
    }

    private synchronized boolean isWatched(Watch watch) {
        return watches.contains(watch);
    }

    private synchronized void checkLater() {
        if (nextCheck == null && !watches.isEmpty()) {
            long delayNanos = (long) (nanos(CHECK_MILLIS) * (0.75 + random.nextDouble() / 2));
            nextCheck = timer.schedule(delayNanos, this::check);
        }
    }

    private void check() {
        Round round;
        synchronized (this) {
            nextCheck = null;
            if (current == null) {
                long now = timer.nanoTime();
                round = new Round(watches.stream()
                        .filter(watch -> now - watch.notBeforeNanos >= 0)
                        .toList());
            } else {
                round = new Round(List.of());
            }
        }
        resume(round);
        // Whatever the outcome: an answer that takes long must not delay later checks.
        try {
            checkLater();
        } catch (RuntimeException | Error e) {
            LOG.warn("no further check whether nodes answer again, until the next read waits", e);
        }
    }

    private void resume(Round round) {
        try {
            step(round);
        } catch (RuntimeException | Error e) {
            // The reads keep waiting, as they would without a watch.
            LOG.warn("whether nodes answer again could not be checked", e);
            end(round);
        }
    }

    /** Notifies reads of whose placement all nodes have been asked and one has answered, until more nodes have to be asked or no read is left. */
    private void step(Round round) {
        for (Watch next = round.left.pollFirst(); next != null; next = round.left.pollFirst()) {
            if (!isWatched(next)) {
                continue;
            }
            List<ZoneNode> placement = placement(next.read());
            List<ZoneNode> unasked = round.unasked(placement);
            if (!unasked.isEmpty()) {
                round.left.addFirst(next);
                ask(round, next, placement, unasked);
                return;
            }
            if (round.isAnyHeard(placement) && end(next)) {
                next.onHeard().run();
            }
        }
        end(round);
    }

    private List<ZoneNode> placement(ChunkRead read) {
        KnownView view = zone.current();
        return view == null ? List.of() : view.placement().nodesFor(read.key());
    }

    private void ask(Round round, Watch watch, List<ZoneNode> placement, List<ZoneNode> unasked) {
        synchronized (this) {
            if (watches.remove(watch)) {
                watches.add(watch);
            }
        }
        List<ZoneNode> asked = round.heard.isEmpty() ? List.of(unasked.get(random.nextInt(unasked.size()))) : unasked;
        asked.forEach(node -> round.asked.add(node.id()));
        Futures.then(
                Futures.call(() -> reader.probe(watch.read(), asked)),
                heard -> {
                    heard.forEach(node -> round.heard.add(node.id()));
                    if (round.isAnyHeard(placement) && begin(round)) {
                        resume(round);
                    } else {
                        end(round);
                    }
                },
                failure -> end(round));
    }

    /** Whether the round may continue, now that a node has answered. */
    private synchronized boolean begin(Round round) {
        current = current == null ? round : current;
        return current == round;
    }

    private synchronized void end(Round round) {
        current = current == round ? null : current;
    }
}
