package io.zonecache.client.internal.node;

import io.zonecache.client.internal.node.NodeEvidence.Skip;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneView;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which nodes to ask, by this client's own evidence. Safe for concurrent use.
 *
 * <p>A node that fails, or that the view calls down, is given up: it counts as lost. Silence, slowness and bad stripes are doubts: such
 * a node is skipped only while no more than m nodes of a placement are, those given up included, and it is asked all the same where the
 * others turn out not to suffice. For a client that is slow itself must not take its own trouble for a zone without stripes, least of
 * all when another node is really gone.
 *
 * <p>Slow is who takes three times as long as half of all answers do, and 5 ms more: what all nodes are, the client or the load is.
 */
public final class NodeHealth {

    private static final Logger LOG = LoggerFactory.getLogger(NodeHealth.class);

    private final ClientTimer timer;
    private final LongSupplier awakeNanos;
    private final NodeListener listener;
    private final Map<String, Watched> nodes = new ConcurrentHashMap<>();

    /** A process that stalls on a busy machine is back by then. */
    private static final long GONE_NANOS = 2_000_000_000L;

    private static final long ZONE_PROBE_NANOS = 1_000_000_000L;

    private static final long SLOW_TIMES = 3;
    private static final long SLOW_NANOS = 5_000_000L;

    /** Half of all answers take longer. */
    private final LatencyQuantile typical = new LatencyQuantile(0.5, 1.0 / 4, 0);

    /** When any node was heard last. */
    private volatile long heardNanos;

    /** Of all nodes together; guarded by itself. */
    private final Silence zoneSilence = new Silence();

    private final AtomicLong zoneProbeNanos;

    private static final class Watched {
        private final ZoneNode node;
        private final NodeEvidence evidence = new NodeEvidence();

        Watched(ZoneNode node) {
            this.node = node;
        }
    }

    /**
     * Made before the first request.
     *
     * @param timer where the listener is told
     * @param awakeNanos the clock of silence and probes, which stands still while this client itself is stalled
     */
    public NodeHealth(ClientTimer timer, LongSupplier awakeNanos, NodeListener listener) {
        this.timer = timer;
        this.awakeNanos = awakeNanos;
        this.listener = listener;
        this.heardNanos = awakeNanos.getAsLong();
        this.zoneProbeNanos = new AtomicLong(awakeNanos.getAsLong());
    }

    /**
     * Decides for each node of a placement whether to ask it.
     *
     * @param maxDoubted how many may be skipped before doubts, such as silence, are no longer a reason: m, for a whole placement
     */
    public Choice[] choose(List<ZoneNode> placement, int maxDoubted) {
        long now = awakeNanos.getAsLong();
        Choice[] choices = new Choice[placement.size()];
        Skip[] doubts = new Skip[placement.size()];
        // Those that are probed too: a probe is most often lost.
        int gone = 0;
        for (int i = 0; i < choices.length; i++) {
            Watched watched = watched(placement.get(i));
            synchronized (watched) {
                changing(watched, () -> watched.evidence.judge(now, heardNanos));
                Skip skip = watched.evidence.skip();
                choices[i] = choice(watched.evidence, now);
                boolean isLeftOut = !choices[i].isAsked();
                doubts[i] = isLeftOut && skip.isDoubt() ? skip : Skip.NO;
                gone += skip == Skip.ERRORS || skip == Skip.DOWN ? 1 : 0;
            }
        }
        askLeastDoubted(placement, choices, doubts, Math.max(0, maxDoubted - gone));
        return choices;
    }

    /** The same for nodes that others did not suffice without: a doubt is no reason to leave one of them out. */
    public Choice[] chooseAmongRest(List<ZoneNode> rest) {
        return choose(rest, 0);
    }

    /** A request has been written to a connection of this node: from now on the node's silence counts. */
    public void written(ZoneNode node) {
        long now = awakeNanos.getAsLong();
        sent(node, now);
    }

    /** A request could not be written because the node has not answered to a connection for so long: that is silence too. */
    public void unconnected(ZoneNode node, long forNanos) {
        long since = awakeNanos.getAsLong() - forNanos;
        sent(node, since);
    }

    private void sent(ZoneNode node, long atNanos) {
        synchronized (zoneSilence) {
            zoneSilence.sent(atNanos);
        }
        Watched watched = watched(node);
        synchronized (watched) {
            watched.evidence.sent(atNanos);
        }
    }

    /** How a request went; each that was {@link #written} must be told once. */
    public void tell(ZoneNode node, Outcome outcome, long latencyNanos) {
        Watched watched = watched(node);
        long now = awakeNanos.getAsLong();
        if (outcome == Outcome.ANSWERED || outcome == Outcome.FAILED) {
            heardNanos = now;
        }
        tellZone(outcome, now);
        boolean isSlow = latencyNanos > Math.max(SLOW_TIMES * typical.nanos(), typical.nanos() + SLOW_NANOS);
        if (outcome == Outcome.ANSWERED) {
            typical.add(latencyNanos);
        }
        synchronized (watched) {
            changing(watched, () -> {
                switch (outcome) {
                    case ANSWERED -> watched.evidence.answered(now, latencyNanos, isSlow);
                    case FAILED -> watched.evidence.failed(now);
                    case TIMED_OUT -> watched.evidence.timedOut(now, heardNanos);
                    case NOT_SENT -> {}
                }
            });
        }
    }

    private void tellZone(Outcome outcome, long nowNanos) {
        synchronized (zoneSilence) {
            switch (outcome) {
                case ANSWERED, FAILED -> zoneSilence.heard(nowNanos);
                case TIMED_OUT -> zoneSilence.unanswered(nowNanos);
                case NOT_SENT -> {}
            }
        }
    }

    /** A read was put together with a stripe of this node. */
    public void validStripe(ZoneNode node) {
        Watched watched = watched(node);
        synchronized (watched) {
            watched.evidence.validStripe();
        }
    }

    /** An answer of this node held a bad stripe. */
    public void corruptStripe(ZoneNode node) {
        Watched watched = watched(node);
        long now = awakeNanos.getAsLong();
        synchronized (watched) {
            changing(watched, () -> watched.evidence.corruptStripe(now));
        }
    }

    /** Whether a request should rather go to another node. */
    public boolean isSkipped(ZoneNode node) {
        return skip(node) != Skip.NO;
    }

    /**
     * Whether the node is gone, as far as is known: what matters where a late answer is as good as any, and where to ask another node
     * instead costs more than to wait. So silence counts only when it has lasted for seconds.
     */
    public boolean isUnresponsive(ZoneNode node) {
        Skip skip = skip(node);
        return skip == Skip.ERRORS || skip == Skip.DOWN || (skip == Skip.SILENCE && silentNanos(node) >= GONE_NANOS);
    }

    /** Whether the node has been silent, though others were heard: an answer is not to be waited for. */
    public boolean isSilent(ZoneNode node) {
        return skip(node) == Skip.SILENCE;
    }

    /**
     * Whether nothing has been heard of any node for seconds, though requests have been written: the zone is gone, as far as this client
     * can tell. Any answer, if only that the node is busy, ends that.
     */
    public boolean isZoneSilent() {
        synchronized (zoneSilence) {
            return zoneSilence.nanos(awakeNanos.getAsLong()) >= GONE_NANOS;
        }
    }

    /** Whether a silent zone may be asked whether it is back: once a second. */
    public boolean takeZoneProbe() {
        long now = awakeNanos.getAsLong();
        long due = zoneProbeNanos.get();
        return now - due >= 0 && zoneProbeNanos.compareAndSet(due, now + ZONE_PROBE_NANOS);
    }

    /** Weighted mean of the node's latencies; 0 before its first answer. */
    public long scoreNanos(ZoneNode node) {
        Watched watched = watched(node);
        synchronized (watched) {
            return watched.evidence.scoreNanos();
        }
    }

    /** Takes over what a new view says: nodes that it calls down are skipped until they answer, nodes that are gone are forgotten. */
    public void update(ZoneView view) {
        Map<String, ZoneNode> present = new HashMap<>();
        for (ZoneNode node : view.nodes()) {
            present.put(node.id(), node);
            boolean wasDown = nodes.containsKey(node.id()) && watched(node).node.state() == NodeState.DOWN;
            if (node.state() == NodeState.DOWN && !wasDown) {
                Watched watched = new Watched(node);
                watched.evidence.down(awakeNanos.getAsLong());
                nodes.put(node.id(), watched);
                LOG.info("node {} ({}): skipped, the view says that it is down", node.id(), node.address());
                timer.schedule(0, () -> listener.skipped(node, Skip.DOWN.name()));
            } else if (node.state() == NodeState.UP && wasDown) {
                nodes.put(node.id(), new Watched(node));
            }
        }
        nodes.keySet().retainAll(present.keySet());
    }

    /** A node that comes back under another address starts anew. */
    private Watched watched(ZoneNode node) {
        Watched known = nodes.get(node.id());
        if (known != null && known.node.address().equals(node.address())) {
            return known;
        }
        return nodes.compute(
                node.id(),
                (id, old) -> old != null && old.node.address().equals(node.address()) ? old : new Watched(node));
    }

    private static Choice choice(NodeEvidence evidence, long nowNanos) {
        Skip skip = evidence.skip();
        if (skip == Skip.NO) {
            return Choice.ASK;
        }
        if (evidence.takeProbe(nowNanos)) {
            return skip == Skip.SILENCE ? Choice.SUSPECT : Choice.DOUBT;
        }
        return switch (skip) {
            case SLOW, CORRUPT -> Choice.AVOID;
            case SILENCE -> Choice.SKIP;
            default -> Choice.GIVE_UP;
        };
    }

    /**
     * Slow nodes do answer, those with corrupt stripes may not always; then who has been silent for the shortest time. Who has been silent for
     * seconds is not asked all the same; the others are waited for until the next look at who is silent: a node that is back answers by then,
     * and a retry would have to be paid for.
     */
    private void askLeastDoubted(List<ZoneNode> placement, Choice[] choices, Skip[] doubts, int maxSkipped) {
        int skipped = 0;
        for (Skip doubt : doubts) {
            skipped += doubt == Skip.NO ? 0 : 1;
        }
        for (; skipped > maxSkipped; skipped--) {
            int least = -1;
            for (int i = 0; i < doubts.length; i++) {
                if (doubts[i] != Skip.NO && (least < 0 || isLessDoubted(placement, doubts, i, least))) {
                    least = i;
                }
            }
            boolean isGone = doubts[least] == Skip.SILENCE && silentNanos(placement.get(least)) >= GONE_NANOS;
            choices[least] = isGone ? Choice.SILENT : Choice.DOUBT;
            doubts[least] = Skip.NO;
        }
    }

    private boolean isLessDoubted(List<ZoneNode> placement, Skip[] doubts, int one, int other) {
        if (doubts[one] != doubts[other]) {
            return doubts[one].compareTo(doubts[other]) < 0;
        }
        return doubts[one] == Skip.SILENCE
                ? silentSince(placement.get(one)) > silentSince(placement.get(other))
                : scoreNanos(placement.get(one)) < scoreNanos(placement.get(other));
    }

    private Skip skip(ZoneNode node) {
        Watched watched = watched(node);
        synchronized (watched) {
            changing(watched, () -> watched.evidence.judge(awakeNanos.getAsLong(), heardNanos));
            return watched.evidence.skip();
        }
    }

    private long silentSince(ZoneNode node) {
        Watched watched = watched(node);
        synchronized (watched) {
            return watched.evidence.silentSinceNanos();
        }
    }

    private long silentNanos(ZoneNode node) {
        Watched watched = watched(node);
        synchronized (watched) {
            return watched.evidence.silentNanos(awakeNanos.getAsLong());
        }
    }

    private void changing(Watched watched, Runnable change) {
        Skip before = watched.evidence.skip();
        change.run();
        Skip after = watched.evidence.skip();
        if (after == Skip.NO && before != Skip.NO) {
            LOG.info("node {} ({}): asked again", watched.node.id(), watched.node.address());
            timer.schedule(0, () -> listener.askedAgain(watched.node));
        } else if (after != before) {
            LOG.info(
                    "node {} ({}): skipped, {}; its answers took {} us of late",
                    watched.node.id(),
                    watched.node.address(),
                    after,
                    watched.evidence.scoreNanos() / 1_000);
            timer.schedule(0, () -> listener.skipped(watched.node, after.name()));
        }
    }

    /** What to do about a node. */
    public enum Choice {
        ASK,
        /** Ask, but don't rely on it: a probe, or a node that is slow or sends corrupt stripes. */
        DOUBT,
        /** Ask, but don't even wait for it: it has been silent. */
        SUSPECT,
        /** Ask it only if others don't suffice: it is slow, or sends corrupt stripes. */
        AVOID,
        /** Ask it only if nothing else is left: it has been silent. */
        SKIP,
        /** Don't ask it: it fails, or is down, and counts as lost. */
        GIVE_UP,
        /** Don't ask it: it has been silent for seconds. It counts as lost where a lease decides who asks the origin. */
        SILENT;

        public boolean isAsked() {
            return this == ASK || this == DOUBT || this == SUSPECT;
        }
    }

    /** What became of a request. */
    public enum Outcome {
        /** The node answered, if only that it is busy. */
        ANSWERED,
        /** Refused, broken off, or no sensible answer. */
        FAILED,
        TIMED_OUT,
        NOT_SENT
    }
}
