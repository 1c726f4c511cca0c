package io.zonecache.client.internal.read;

import io.zonecache.client.internal.node.NodeHealth.Choice;
import io.zonecache.client.internal.time.ClientTimer.Scheduled;
import io.zonecache.model.ZoneNode;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whom a read asks, and when: its nodes at first, those left out when it is late or the others can't suffice, and those of which
 * nothing is known once more. Looks at the round under the read's lock; chooses nodes and sends outside of it.
 */
final class Asking {

    private final OneChunkRead read;
    private final OverRequestReader reader;
    private @Nullable Scheduled hedge;
    private int retries;

    Asking(OneChunkRead read, OverRequestReader reader) {
        this.read = read;
        this.reader = reader;
    }

    void first(Round round, List<Integer> places) {
        ask(round, places, true);
        hedgeLater();
    }

    private void hedgeLater() {
        synchronized (read) {
            if (read.round().isUnderWay() && read.round().hasRest()) {
                hedge = reader.hedgeLater(this::hedge);
            }
        }
    }

    /** The read is late: asks the places left out if the budget allows, or if a node asked is known not to answer by now. */
    private void hedge() {
        List<ZoneNode> awaited;
        synchronized (read) {
            if (!read.round().isUnderWay()) {
                return;
            }
            awaited = read.round().awaited();
        }
        if (awaited.stream().anyMatch(reader.health()::isSkipped) || reader.tryHedge()) {
            rest();
        }
        hedgeLater();
    }

    /** Guarded by the read's lock. */
    void cancelHedge() {
        if (hedge != null) {
            hedge.cancel();
            hedge = null;
        }
    }

    void rest() {
        askMore(Round::takeRest);
    }

    /** Asks the nodes of which nothing is known once more when the retry budget allows. */
    void retryLater() {
        reader.retryLater(read, retries++, () -> askMore(Round::toRetry));
    }

    private void askMore(Function<Round, List<Integer>> which) {
        Round round;
        List<Integer> places;
        synchronized (read) {
            round = read.round();
            places = which.apply(round);
        }
        ask(round, places, false);
    }

    /**
     * Asks those of the places whose nodes are neither skipped, for then they are lost, nor to be avoided at first.
     *
     * @param round whose places they are; nobody is asked for a round that is over
     */
    private void ask(Round round, List<Integer> places, boolean isFirst) {
        List<ZoneNode> nodes;
        int spare;
        synchronized (read) {
            if (read.round() != round) {
                return;
            }
            nodes = round.nodes(places);
            spare = round.sparePlaces();
        }
        Choice[] choices =
                isFirst ? reader.health().choose(nodes, spare) : reader.health().chooseAmongRest(nodes, spare);
        List<NodeAsk> toSend;
        synchronized (read) {
            if (read.round() != round) {
                return;
            }
            toSend = round.ask(read, places, choices);
        }
        for (NodeAsk ask : toSend) {
            reader.send(read, ask, reply -> read.replied(ask, reply));
        }
        read.step();
    }
}
