package io.zonecache.client.internal.read;

import io.zonecache.client.internal.read.NodeAsk.Given;
import io.zonecache.client.internal.read.StripeRead.Place;
import io.zonecache.client.internal.transport.GetReply;
import io.zonecache.client.internal.transport.PayloadTarget;
import io.zonecache.model.StripeHeader;
import io.zonecache.model.ZoneNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the stripes of one read go: memory for those that come, layout by layout, and who sent the ones that are held. Guarded by the
 * read's lock.
 */
final class StripeIntake {

    /** Ways of cutting one chunk that a read keeps apart; more come only from nodes that make them up. */
    private static final int MAX_LAYOUTS = 4;

    private final StripeRead plan;
    private final RoundMemory memory;
    private final Map<StripeLayout, ChunkAssembler> assemblers = new HashMap<>();
    private final Map<StripeLayout, Map<Integer, NodeAsk>> senders = new HashMap<>();

    private long lackingBytes;

    StripeIntake(StripeRead plan, RoundMemory memory) {
        this.plan = plan;
        this.memory = memory;
    }

    /** What the round would have to hold for a chunk that it had no memory for; 0 if there was enough. */
    long lackingBytes() {
        return lackingBytes;
    }

    @Nullable
    ChunkAssembler assembler(StripeLayout layout) {
        return assemblers.get(layout);
    }

    /** Memory for a stripe, or null if it is not wanted, or not now. */
    @Nullable
    PayloadTarget accept(NodeAsk ask, StripeHeader header, boolean isTaking) {
        StripeLayout layout = StripeLayout.of(header);
        ask.indexes.add(header.index());
        if (!isTaking) {
            ask.hasPassedOver = true;
            return null;
        }
        if (plan.holds(layout, header.index())) {
            ask.hasDuplicate = true;
            return null;
        }
        ChunkAssembler assembler = assemblers.get(layout);
        if (plan.isHopeless(layout) || (assembler == null && assemblers.size() == MAX_LAYOUTS)) {
            return null;
        }
        if (assembler == null) {
            assembler = begin(layout);
        }
        PayloadTarget target = assembler == null ? null : assembler.target(header.index());
        if (assembler == null || target == null) {
            ask.hasPassedOver = true;
            return null;
        }
        ask.given.add(new Given(assembler, header.index(), target));
        return target;
    }

    private @Nullable ChunkAssembler begin(StripeLayout layout) {
        if (!memory.tryUseForChunk(layout.codedBytes())) {
            lackingBytes = memory.usedBytes() + layout.codedBytes();
            return null;
        }
        ChunkAssembler assembler = new ChunkAssembler(layout, memory);
        assemblers.put(layout, assembler);
        return assembler;
    }

    /** Takes memory to look for the stripes of a layout that lie. */
    boolean takeForSearch(StripeLayout layout) {
        boolean isTaken = memory.tryUse(layout.codedBytes());
        if (!isTaken) {
            lackingBytes = memory.usedBytes() + layout.codedBytes();
        }
        return isTaken;
    }

    /** It was in vain. */
    void endSearch(StripeLayout layout) {
        memory.reuse(layout.codedBytes());
    }

    /** Whether no chunk is coming in. */
    boolean hasNone() {
        return assemblers.isEmpty();
    }

    /** Takes in what a reply lists, and says what that makes of its place. */
    Place absorb(NodeAsk ask, GetReply.Stripes stripes, boolean isTaking, boolean isDone) {
        boolean isHeld = ask.hasDuplicate;
        for (GetReply.Received received : stripes.verified()) {
            ask.given.removeIf(given -> given.target() == received.target());
            isHeld |= hold(ask, received, isTaking);
        }
        boolean isCorrupt = stripes.corrupt() > 0 || ask.hasFalseTag;
        ask.hasPassedOver |= !isCorrupt && !ask.given.isEmpty();
        discard(ask);
        if (isCorrupt) {
            ask.state = NodeFinding.State.CORRUPT;
            ask.indexes.clear();
            stripes.verified()
                    .forEach(received -> ask.indexes.add(received.header().index()));
            return isHeld ? Place.HELD : Place.LOST;
        }
        boolean mayHelp = isHeld || ask.hasPassedOver;
        ask.state = mayHelp ? NodeFinding.State.HELD : NodeFinding.State.UNKNOWN;
        if (isHeld || isDone) {
            return Place.HELD;
        }
        return mayHelp ? Place.UNKNOWN : Place.LOST;
    }

    /** Takes back what was given to a request for stripes that did not come. */
    void discard(NodeAsk ask) {
        ask.given.forEach(given -> given.assembler().discard(given.index(), given.target()));
        ask.given.clear();
    }

    /** No stripes of this layout will ever do; who sent them may be asked again. */
    void giveUp(StripeLayout layout) {
        ChunkAssembler hopeless = assemblers.remove(layout);
        if (hopeless != null) {
            hopeless.cutOffAll();
        }
        Map<Integer, NodeAsk> inVain = senders.remove(layout);
        if (inVain != null) {
            inVain.values().forEach(ask -> ask.state = NodeFinding.State.UNKNOWN);
        }
    }

    /** Tells who sent good stripes of a layout whose chunk is right from who corrupt, and marks the latter. */
    Senders judge(StripeLayout layout, long corruptStripes) {
        Senders judged = new Senders(new ArrayList<>(), new ArrayList<>());
        for (Map.Entry<Integer, NodeAsk> sender :
                senders.getOrDefault(layout, Map.of()).entrySet()) {
            if ((corruptStripes >>> sender.getKey() & 1) == 1) {
                sender.getValue().state = NodeFinding.State.CORRUPT;
                sender.getValue().indexes.remove(sender.getKey());
                judged.corruptStripes().add(sender.getValue().node());
            } else {
                judged.valid().add(sender.getValue().node());
            }
        }
        return judged;
    }

    record Senders(List<ZoneNode> valid, List<ZoneNode> corruptStripes) {}

    /** Cuts off all that is still written to, and lets go of all memory. */
    void clear() {
        assemblers.values().forEach(ChunkAssembler::cutOffAll);
        assemblers.clear();
        senders.clear();
    }

    private boolean hold(NodeAsk ask, GetReply.Received received, boolean isTaking) {
        StripeLayout layout = StripeLayout.of(received.header());
        int index = received.header().index();
        ChunkAssembler assembler = assemblers.get(layout);
        if (plan.holds(layout, index)) {
            if (assembler != null) {
                assembler.discard(index, received.target());
            }
            return true;
        }
        if (assembler == null || !isTaking || !assembler.hold(index, received.target())) {
            ask.hasPassedOver = true;
            return false;
        }
        plan.hold(layout, index);
        senders.computeIfAbsent(layout, any -> new HashMap<>()).put(index, ask);
        return true;
    }
}
