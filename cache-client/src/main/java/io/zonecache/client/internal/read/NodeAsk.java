package io.zonecache.client.internal.read;

import io.zonecache.client.internal.read.NodeFinding.State;
import io.zonecache.client.internal.transport.PayloadTarget;
import io.zonecache.client.internal.transport.StripeSink;
import io.zonecache.model.StripeHeader;
import io.zonecache.model.ZoneNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One request of a round to one node, and what came of it. Guarded by the read's lock. */
final class NodeAsk implements StripeSink {

    private final OneChunkRead read;
    private final ZoneNode node;
    private final int place;

    /** Memory handed out to this request's reply. */
    final List<Given> given = new ArrayList<>(1);
    /** Stripes that the node sent or offered. */
    final Set<Integer> indexes = new HashSet<>();

    State state = State.UNKNOWN;
    boolean isAnswered;
    /** Whether a record can't be the chunk's, although its fields and checksum may be right. */
    boolean hasFalseTag;
    /** Whether a stripe went by that is held already. */
    boolean hasDuplicate;
    /** Whether a stripe went by only because the read was decoding, or had no memory for it: it may be needed after all. */
    boolean hasPassedOver;

    NodeAsk(OneChunkRead read, ZoneNode node, int place) {
        this.read = read;
        this.node = node;
        this.place = place;
    }

    @Override
    public @Nullable PayloadTarget accept(StripeHeader header) {
        return read.accept(this, header);
    }

    ZoneNode node() {
        return node;
    }

    int place() {
        return place;
    }

    NodeFinding finding() {
        return new NodeFinding(node, state, indexes);
    }

    /** A place in an assembler for one stripe. */
    record Given(ChunkAssembler assembler, int index, PayloadTarget target) {}
}
