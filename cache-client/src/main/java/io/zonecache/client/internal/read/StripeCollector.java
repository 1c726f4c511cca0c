package io.zonecache.client.internal.read;

import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.read.NodeRequest.StripeTarget;
import io.zonecache.client.internal.read.ReadState.PlaceState;
import io.zonecache.client.internal.transport.GetReply;
import io.zonecache.client.internal.transport.PayloadTarget;
import io.zonecache.model.StripeHeader;
import io.zonecache.model.ZoneNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Collects the stripes of one round: memory for arriving ones, layout by layout, and the senders of those held. Guarded by the operation's lock. */
final class StripeCollector {

    /** Layouts of one chunk that a round keeps apart; more come only from nodes that make them up. */
    private static final int MAX_LAYOUTS = 4;

    private final ReadState state;
    private final RoundMemory memory;
    private final ChunkCodec codec;
    private final PayloadArrays payloads;
    private final Map<StripeLayout, ChunkAssembler> assemblers = new HashMap<>();
    private final Map<StripeLayout, Map<Integer, NodeRequest>> senders = new HashMap<>();
    private long lackingBytes;

    StripeCollector(ReadState state, RoundMemory memory, ChunkCodec codec, PayloadArrays payloads) {
        this.state = state;
        this.memory = memory;
        this.codec = codec;
        this.payloads = payloads;
    }

    /** What the round would have to hold for a chunk that it had no memory for; 0 if there was enough. */
    long lackingBytes() {
        return lackingBytes;
    }

    /** Whether no chunk is coming in. */
    boolean isEmpty() {
        return assemblers.isEmpty();
    }

    /** The stripes that can be decoded, from here on written to by nothing else. */
    ChunkAssembler decodable() {
        StripeLayout layout = state.decodable();
        ChunkAssembler assembler = layout == null ? null : assemblers.get(layout);
        if (assembler == null) {
            throw new IllegalStateException("stripes to decode: none (expected: k of one layout)");
        }
        assembler.cutOffRest();
        return assembler;
    }

    /** Memory for a stripe; null if it is not wanted, or not now. */
    @Nullable
    PayloadTarget accept(NodeRequest request, StripeHeader header, boolean isTaking) {
        StripeLayout layout = StripeLayout.of(header);
        request.indexes.add(header.index());
        if (!isTaking) {
            request.hasSkippedStripe = true;
            return null;
        }
        if (state.holds(layout, header.index())) {
            request.hasDuplicate = true;
            return null;
        }
        ChunkAssembler assembler = assemblers.get(layout);
        if (state.isExhausted(layout) || (assembler == null && assemblers.size() == MAX_LAYOUTS)) {
            return null;
        }
        if (assembler == null) {
            assembler = begin(layout);
        }
        PayloadTarget target = assembler == null ? null : assembler.target(header.index());
        if (assembler == null || target == null) {
            request.hasSkippedStripe = true;
            return null;
        }
        request.targets.add(new StripeTarget(assembler, header.index(), target));
        return target;
    }

    private @Nullable ChunkAssembler begin(StripeLayout layout) {
        if (!memory.tryUseForChunk(layout.codedBytes())) {
            lackingBytes = memory.usedBytes() + layout.codedBytes();
            return null;
        }
        ChunkAssembler assembler = new ChunkAssembler(layout, memory, codec, payloads);
        assemblers.put(layout, assembler);
        return assembler;
    }

    /** Takes memory to search for the corrupt stripes of a layout. */
    boolean takeForSearch(StripeLayout layout) {
        boolean isTaken = memory.tryUse(layout.codedBytes());
        if (!isTaken) {
            lackingBytes = memory.usedBytes() + layout.codedBytes();
        }
        return isTaken;
    }

    /** The search found nothing. */
    void endSearch(StripeLayout layout) {
        memory.reuse(layout.codedBytes());
    }

    /**
     * Processes the stripes that a reply lists.
     *
     * @param isTaking whether stripes can be used
     * @return the resulting state of the node's place
     */
    PlaceState onReply(NodeRequest request, GetReply.Stripes stripes, boolean isTaking) {
        boolean isHeld = request.hasDuplicate;
        for (GetReply.Received received : stripes.verified()) {
            request.targets.removeIf(target -> target.payload() == received.target());
            isHeld |= hold(request, received, isTaking);
        }
        boolean isCorrupt = stripes.corrupt() > 0 || request.hasMismatchedTag;
        request.hasSkippedStripe |= !isCorrupt && !request.targets.isEmpty();
        discard(request);
        if (isCorrupt) {
            request.state = NodeFinding.State.CORRUPT;
            request.indexes.clear();
            stripes.verified()
                    .forEach(received -> request.indexes.add(received.header().index()));
            return isHeld ? PlaceState.HELD : PlaceState.LOST;
        }
        boolean mayHelp = isHeld || request.hasSkippedStripe;
        request.state = mayHelp ? NodeFinding.State.HELD : NodeFinding.State.UNKNOWN;
        if (isHeld) {
            return PlaceState.HELD;
        }
        return mayHelp ? PlaceState.UNKNOWN : PlaceState.LOST;
    }

    private boolean hold(NodeRequest request, GetReply.Received received, boolean isTaking) {
        StripeLayout layout = StripeLayout.of(received.header());
        int index = received.header().index();
        ChunkAssembler assembler = assemblers.get(layout);
        if (state.holds(layout, index)) {
            if (assembler != null) {
                assembler.discard(index, received.target());
            }
            return true;
        }
        if (assembler == null || !isTaking || !assembler.hold(index, received.target())) {
            request.hasSkippedStripe = true;
            return false;
        }
        state.hold(layout, index);
        senders.computeIfAbsent(layout, any -> new HashMap<>()).put(index, request);
        return true;
    }

    /** Discards the targets that were given to a request for stripes that did not come. */
    void discard(NodeRequest request) {
        request.targets.forEach(target -> target.assembler().discard(target.index(), target.payload()));
        request.targets.clear();
    }

    /** No stripes of this layout will ever decode; the nodes that sent them may be asked again. */
    void drop(StripeLayout layout) {
        ChunkAssembler hopeless = assemblers.remove(layout);
        if (hopeless != null) {
            hopeless.cutOffAll();
        }
        Map<Integer, NodeRequest> sent = senders.remove(layout);
        if (sent != null) {
            sent.values().forEach(request -> request.state = NodeFinding.State.UNKNOWN);
        }
    }

    /**
     * Separates the senders of valid stripes of a layout whose chunk is right from those of corrupt ones, and marks the latter.
     *
     * @param corruptStripes bit i is set if stripe i contradicts the chunk
     */
    Senders splitSenders(StripeLayout layout, long corruptStripes) {
        Senders split = new Senders(new ArrayList<>(), new ArrayList<>());
        for (Map.Entry<Integer, NodeRequest> sender :
                senders.getOrDefault(layout, Map.of()).entrySet()) {
            NodeRequest request = sender.getValue();
            if ((corruptStripes >>> sender.getKey() & 1) == 1) {
                request.state = NodeFinding.State.CORRUPT;
                request.indexes.remove(sender.getKey());
                split.corrupt().add(request.node);
            } else {
                split.valid().add(request.node);
            }
        }
        return split;
    }

    record Senders(List<ZoneNode> valid, List<ZoneNode> corrupt) {}

    /** Ends writing to all targets, and drops all stripes. */
    void clear() {
        assemblers.values().forEach(ChunkAssembler::cutOffAll);
        assemblers.clear();
        senders.clear();
    }
}
