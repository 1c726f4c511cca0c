package io.zonecache.client.internal.node;

import io.zonecache.client.internal.node.NodeHealth.SkipReason;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.transport.ContactListener;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tracks each node's {@link NodeHealth} as this client experiences it, and decides which nodes to ask. Safe for concurrent use.
 *
 * <p>A node that fails, or that the view marks down, counts as lost. Silence, slowness and corrupt stripes are doubts: a doubted node is skipped
 * only while at most m nodes of a placement are skipped or lost, and it is still asked if the others turn out not to suffice. A client that is
 * itself slow must not conclude that the zone has no stripes, least of all while another node is really down.
 *
 * <p>Any answer of any kind, even {@code BUSY}, ends the zone's silence and the silence that {@link #isGone} checks; only an answer to a request
 * for stripes ends the silence for which reads bypass a node, so one that answers lease requests but no reads does not hold up reads.
 *
 * <p>A node is slow if it takes three times the median of all nodes' answers and at least 5 ms more. If all nodes are slow, the cause is
 * the client or the load.
 */
public final class NodeTracker implements ContactListener {

    private static final Logger LOG = LoggerFactory.getLogger(NodeTracker.class);

    /** A process that merely stalls on a busy machine has resumed by then. */
    private static final long UNRESPONSIVE_NANOS = 2_000_000_000L;

    private static final long SLOW_FACTOR = 3;
    private static final long SLOW_MARGIN_NANOS = 5_000_000L;

    private final ClientTimer timer;
    private final LongSupplier clock;
    private final NodeListener listener;
    private final Map<String, TrackedNode> nodes = new ConcurrentHashMap<>();
    private final ZoneSilence zoneSilence;

    /** Over the answers of all nodes. */
    private final LatencyQuantile medianLatency = new LatencyQuantile(0.5, 1.0 / 4, 0);

    private static final class TrackedNode {
        private final ZoneNode node;
        private final NodeHealth health = new NodeHealth();

        TrackedNode(ZoneNode node) {
            this.node = node;
        }
    }

    /**
     * To be created before the first request.
     *
     * @param timer calls the listener
     * @param clock in nanoseconds, for silence and probes; stands still while this client itself is stalled
     */
    public NodeTracker(ClientTimer timer, LongSupplier clock, NodeListener listener) {
        this.timer = timer;
        this.clock = clock;
        this.listener = listener;
        this.zoneSilence = new ZoneSilence(clock);
    }

    /**
     * Decides for each node of a placement whether to ask it.
     *
     * @param maxDoubted how many may be skipped before doubts, such as silence, are no longer a reason: m, for a whole placement
     */
    public Choice[] choose(List<ZoneNode> placement, int maxDoubted) {
        long now = clock.getAsLong();
        Choice[] choices = new Choice[placement.size()];
        SkipReason[] doubts = new SkipReason[placement.size()];
        // Includes nodes that are probed now, since most probes fail.
        int gone = 0;
        for (int i = 0; i < choices.length; i++) {
            TrackedNode tracked = tracked(placement.get(i));
            synchronized (tracked) {
                applyAndReport(tracked, () -> tracked.health.checkSilence(now, zoneSilence.heardNanos()));
                SkipReason skip = tracked.health.skipReason();
                choices[i] = choice(tracked.health, now);
                boolean isLeftOut = !choices[i].isAsked();
                doubts[i] = isLeftOut && skip.isDoubt() ? skip : SkipReason.NONE;
                gone += fails(skip) ? 1 : 0;
            }
        }
        askLeastDoubted(placement, choices, doubts, Math.max(0, maxDoubted - gone));
        return choices;
    }

    /** As {@link #choose}, for nodes that are needed because the others did not suffice: a doubt is no reason to leave one of them out. */
    public Choice[] chooseRequired(List<ZoneNode> rest) {
        return choose(rest, 0);
    }

    /** Begins a request for stripes; to be called before it is sent. */
    public RequestEvidence begin(ZoneNode node) {
        return new RequestEvidence(this, node);
    }

    @Override
    public Attempt connecting(String address) {
        List<RequestEvidence> attempts = new ArrayList<>(1);
        for (TrackedNode tracked : at(address)) {
            RequestEvidence attempt = begin(tracked.node);
            attempt.written();
            attempts.add(attempt);
        }
        return isUnanswered ->
                attempts.forEach(attempt -> attempt.ended(isUnanswered ? Outcome.TIMED_OUT : Outcome.NOT_SENT, 0));
    }

    @Override
    public void answered(String address, @Nullable ZoneNode node) {
        long now = clock.getAsLong();
        zoneSilence.heard(now);
        for (TrackedNode tracked : node == null ? at(address) : List.of(tracked(node))) {
            synchronized (tracked) {
                tracked.health.answeredOther(now);
            }
        }
    }

    private List<TrackedNode> at(String address) {
        return nodes.values().stream()
                .filter(tracked -> tracked.node.address().equals(address))
                .toList();
    }

    void written(RequestEvidence request) {
        long now = clock.getAsLong();
        zoneSilence.sent(request, now);
        TrackedNode tracked = tracked(request.node());
        synchronized (tracked) {
            tracked.health.requestSent(request, now);
        }
    }

    void takeBack(RequestEvidence request) {
        zoneSilence.takeBack(request);
        TrackedNode tracked = tracked(request.node());
        synchronized (tracked) {
            tracked.health.takeBack(request);
        }
    }

    void progressed(RequestEvidence request) {
        long now = clock.getAsLong();
        zoneSilence.heard(now);
        TrackedNode tracked = tracked(request.node());
        synchronized (tracked) {
            applyAndReport(tracked, () -> tracked.health.answerProgressed(now));
        }
    }

    void ended(RequestEvidence request, Outcome outcome, long latencyNanos) {
        long now = clock.getAsLong();
        switch (outcome) {
            case ANSWERED, FAILED -> zoneSilence.heard(now);
            case TIMED_OUT -> zoneSilence.unanswered(request, now);
            case NOT_SENT -> zoneSilence.takeBack(request);
        }
        boolean isSlow =
                latencyNanos > Math.max(SLOW_FACTOR * medianLatency.nanos(), medianLatency.nanos() + SLOW_MARGIN_NANOS);
        if (outcome == Outcome.ANSWERED) {
            medianLatency.add(latencyNanos);
        }
        TrackedNode tracked = tracked(request.node());
        synchronized (tracked) {
            applyAndReport(tracked, () -> {
                switch (outcome) {
                    case ANSWERED -> tracked.health.answered(now, latencyNanos, isSlow);
                    case FAILED -> tracked.health.failed(now);
                    case TIMED_OUT -> tracked.health.timedOut(request, now, zoneSilence.heardNanos());
                    case NOT_SENT -> {}
                }
                tracked.health.takeBack(request);
            });
        }
    }

    /** A stripe of this node was used in a chunk that turned out valid. */
    public void validStripe(ZoneNode node) {
        TrackedNode tracked = tracked(node);
        synchronized (tracked) {
            tracked.health.validStripe();
        }
    }

    /** An answer of this node contained a corrupt stripe. */
    public void corruptStripe(ZoneNode node) {
        TrackedNode tracked = tracked(node);
        long now = clock.getAsLong();
        synchronized (tracked) {
            applyAndReport(tracked, () -> tracked.health.corruptStripe(now));
        }
    }

    /** Whether requests should go to other nodes instead. */
    public boolean isSkipped(ZoneNode node) {
        return skipReason(node) != SkipReason.NONE;
    }

    /** Whether reads need not wait for the node's stripes any longer: it fails, is down, or has left requests for stripes unanswered for seconds. */
    public boolean isUnresponsive(ZoneNode node) {
        SkipReason skip = skipReason(node);
        return fails(skip) || (skip == SkipReason.SILENCE && isSilentForSeconds(node));
    }

    /**
     * Whether the node seems to be gone: it fails, is down, or has answered no request of any kind for seconds. For requests whose answers may come
     * late, and which are cheaper to wait for than to send to another node.
     */
    public boolean isGone(ZoneNode node) {
        SkipReason skip = skipReason(node);
        return fails(skip)
                || (skip == SkipReason.SILENCE
                        && figure(node, health -> health.totalSilentNanos(clock.getAsLong())) >= UNRESPONSIVE_NANOS);
    }

    private static boolean fails(SkipReason skip) {
        return skip == SkipReason.ERRORS || skip == SkipReason.DOWN;
    }

    /** Whether the node is silent although others answer, so that its answer is not worth waiting for. */
    public boolean isSilent(ZoneNode node) {
        return skipReason(node) == SkipReason.SILENCE;
    }

    /**
     * Whether no node has answered for seconds although requests have been written, so that the zone seems to be gone. Any answer ends that, even
     * one that says that the node is busy.
     */
    public boolean isZoneSilent() {
        return zoneSilence.nanos() >= UNRESPONSIVE_NANOS;
    }

    /** Whether a silent zone may be probed now; true once a second. */
    public boolean takeZoneProbe() {
        return zoneSilence.takeProbe();
    }

    /** Weighted mean of the node's latencies; 0 before its first answer. */
    public long scoreNanos(ZoneNode node) {
        return figure(node, NodeHealth::scoreNanos);
    }

    /** Applies a new view: nodes that it marks as down are skipped until they answer, and nodes that it lacks are forgotten. */
    public void update(ZoneView view) {
        Map<String, ZoneNode> present = new HashMap<>();
        for (ZoneNode node : view.nodes()) {
            present.put(node.id(), node);
            boolean wasDown = nodes.containsKey(node.id()) && tracked(node).node.state() == NodeState.DOWN;
            if (node.state() == NodeState.DOWN && !wasDown) {
                TrackedNode tracked = new TrackedNode(node);
                tracked.health.down(clock.getAsLong());
                nodes.put(node.id(), tracked);
                LOG.info("node {} ({}): skipped, the view says that it is down", node.id(), node.address());
                timer.schedule(0, () -> listener.skipped(node, SkipReason.DOWN.name()));
            } else if (node.state() == NodeState.UP && wasDown) {
                nodes.put(node.id(), new TrackedNode(node));
            }
        }
        nodes.keySet().retainAll(present.keySet());
    }

    /** A node that returns with another address starts with no history. */
    private TrackedNode tracked(ZoneNode node) {
        TrackedNode known = nodes.get(node.id());
        if (known != null && known.node.address().equals(node.address())) {
            return known;
        }
        return nodes.compute(
                node.id(),
                (id, old) -> old != null && old.node.address().equals(node.address()) ? old : new TrackedNode(node));
    }

    private static Choice choice(NodeHealth health, long nowNanos) {
        SkipReason skip = health.skipReason();
        if (skip == SkipReason.NONE) {
            return Choice.ASK;
        }
        if (health.takeProbe(nowNanos)) {
            return skip == SkipReason.SILENCE ? Choice.SUSPECT : Choice.DOUBT;
        }
        return switch (skip) {
            case SLOW, CORRUPT -> Choice.AVOID;
            case SILENCE -> Choice.SKIP;
            default -> Choice.GIVE_UP;
        };
    }

    /**
     * Asks the least doubted nodes until no more than the maximum are skipped: first slow nodes, which do answer, then those with corrupt stripes,
     * then those that have been silent for the shortest time. A node that has been silent for seconds is still not asked; the others are waited for
     * until silence is checked next: a node that is back answers by then, whereas a retry would have to be paid for.
     */
    private void askLeastDoubted(List<ZoneNode> placement, Choice[] choices, SkipReason[] doubts, int maxSkipped) {
        int skipped = 0;
        for (SkipReason doubt : doubts) {
            skipped += doubt == SkipReason.NONE ? 0 : 1;
        }
        for (; skipped > maxSkipped; skipped--) {
            int least = -1;
            for (int i = 0; i < doubts.length; i++) {
                if (doubts[i] != SkipReason.NONE && (least < 0 || isLessDoubted(placement, doubts, i, least))) {
                    least = i;
                }
            }
            boolean isGone = doubts[least] == SkipReason.SILENCE && isSilentForSeconds(placement.get(least));
            choices[least] = isGone ? Choice.SILENT : Choice.DOUBT;
            doubts[least] = SkipReason.NONE;
        }
    }

    private boolean isLessDoubted(List<ZoneNode> placement, SkipReason[] doubts, int one, int other) {
        if (doubts[one] != doubts[other]) {
            return doubts[one].compareTo(doubts[other]) < 0;
        }
        return doubts[one] == SkipReason.SILENCE
                ? figure(placement.get(one), NodeHealth::silentSinceNanos)
                        > figure(placement.get(other), NodeHealth::silentSinceNanos)
                : scoreNanos(placement.get(one)) < scoreNanos(placement.get(other));
    }

    private SkipReason skipReason(ZoneNode node) {
        TrackedNode tracked = tracked(node);
        synchronized (tracked) {
            applyAndReport(tracked, () -> tracked.health.checkSilence(clock.getAsLong(), zoneSilence.heardNanos()));
            return tracked.health.skipReason();
        }
    }

    private long figure(ZoneNode node, ToLongFunction<NodeHealth> figure) {
        TrackedNode tracked = tracked(node);
        synchronized (tracked) {
            return figure.applyAsLong(tracked.health);
        }
    }

    private boolean isSilentForSeconds(ZoneNode node) {
        return figure(node, health -> health.silentNanos(clock.getAsLong())) >= UNRESPONSIVE_NANOS;
    }

    private void applyAndReport(TrackedNode tracked, Runnable change) {
        SkipReason before = tracked.health.skipReason();
        change.run();
        SkipReason after = tracked.health.skipReason();
        if (after == SkipReason.NONE && before != SkipReason.NONE) {
            LOG.info("node {} ({}): no longer skipped", tracked.node.id(), tracked.node.address());
            timer.schedule(0, () -> listener.restored(tracked.node));
        } else if (after != before) {
            LOG.info(
                    "node {} ({}): skipped, {}; its answers took {} us of late",
                    tracked.node.id(),
                    tracked.node.address(),
                    after,
                    tracked.health.scoreNanos() / 1_000);
            timer.schedule(0, () -> listener.skipped(tracked.node, after.name()));
        }
    }

    /** Whether to ask a node, and how far to rely on it. */
    public enum Choice {
        ASK,
        /** Ask it, but do not rely on it: it is probed, slow, or sends corrupt stripes. */
        DOUBT,
        /** Ask it, but do not wait for it: it has been silent. */
        SUSPECT,
        /** Ask it only if the others do not suffice: it is slow or sends corrupt stripes. */
        AVOID,
        /** Ask it only if nothing else is left: it has been silent. */
        SKIP,
        /** Do not ask it: it fails, or is down, and counts as lost. */
        GIVE_UP,
        /** Do not ask it: it has been silent for seconds. It counts as lost if a lease decides who asks the origin. */
        SILENT;

        public boolean isAsked() {
            return this == ASK || this == DOUBT || this == SUSPECT;
        }
    }

    /** How a request ended. */
    public enum Outcome {
        /** The node answered, even if only that it is busy. */
        ANSWERED,
        /** Refused, cut off, or answered with something that is not a valid answer. */
        FAILED,
        TIMED_OUT,
        NOT_SENT
    }
}
