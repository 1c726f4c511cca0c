package io.zonecache.client.internal.read;

import io.zonecache.client.internal.node.NodeHealth.Choice;
import io.zonecache.client.internal.read.StripeRead.Decision;
import io.zonecache.client.internal.read.StripeRead.Place;
import io.zonecache.client.internal.transport.GetReply;
import io.zonecache.client.internal.transport.PayloadTarget;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.StripeHeader;
import io.zonecache.model.ZoneNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One round of a read: whom it asks, what it holds, and what it has come to. Guarded by the read's lock. */
final class Round {

    enum Phase {
        /** Between rounds. */
        IDLE,
        READING,
        DECODING,
        DONE
    }

    private final NodeAsk[] asks;
    private final StripeRead plan;
    private final StripeIntake intake;
    private final RoundMemory memory;
    private final KeyCheck check;
    private final long startNanos;
    private Phase phase;
    private boolean isRetryDue;
    private int unanswered;

    private Round(
            Phase phase,
            NodeAsk[] asks,
            StripeRead plan,
            StripeIntake intake,
            RoundMemory memory,
            KeyCheck check,
            long startNanos) {
        this.phase = phase;
        this.asks = asks;
        this.plan = plan;
        this.intake = intake;
        this.memory = memory;
        this.check = check;
        this.startNanos = startNanos;
    }

    /** What there is before the first one: nobody is asked, and nothing held. */
    static Round none(CodeSpec code, RoundMemory memory, KeyCheck check) {
        StripeRead plan = new StripeRead(code);
        return new Round(Phase.IDLE, new NodeAsk[0], plan, new StripeIntake(plan, memory), memory, check, 0);
    }

    /** All the nodes of the chunk's placement are to be asked. */
    static Round begin(OneChunkRead read, OverRequestReader reader, KnownView view, RoundMemory memory) {
        List<ZoneNode> nodes = view.placement().nodesFor(read.key());
        NodeAsk[] asks = new NodeAsk[nodes.size()];
        Arrays.setAll(asks, place -> new NodeAsk(read, nodes.get(place), place));
        Place[] places = new Place[asks.length];
        Arrays.fill(places, Place.ASKED);
        CodeSpec code = view.view().settings().code();
        StripeRead plan = new StripeRead(code);
        plan.begin(code, places);
        KeyCheck check = new KeyCheck(read.key(), OverRequestReader.hashIsKey(view), reader.verification());
        return new Round(Phase.READING, asks, plan, new StripeIntake(plan, memory), memory, check, reader.nanoTime());
    }

    /** What is left once it is over: nobody is asked, and nothing writes to its memory. Records that come late are still checked. */
    Round over() {
        intake.clear();
        return new Round(Phase.IDLE, new NodeAsk[0], plan, intake, memory, check, startNanos);
    }

    Phase phase() {
        return phase;
    }

    boolean isUnderWay() {
        return phase == Phase.READING || phase == Phase.DECODING;
    }

    RoundMemory memory() {
        return memory;
    }

    KeyCheck check() {
        return check;
    }

    long startNanos() {
        return startNanos;
    }

    /** Leaves out as many places at first as the policy says. */
    void leaveOut(OverRequestReader reader) {
        reader.leaveOut(asks.length, plan.placesNeeded()).stream().forEach(place -> plan.set(place, Place.LEFT_OUT));
    }

    List<Integer> toAsk() {
        return plan.all(Place.ASKED);
    }

    boolean hasRest() {
        return !plan.rest().isEmpty();
    }

    List<Integer> takeRest() {
        List<Integer> rest = isUnderWay() ? plan.rest() : List.of();
        rest.forEach(place -> plan.set(place, Place.ASKED));
        return rest;
    }

    /** The places of which nothing is known, now that they may be asked once more. */
    List<Integer> toRetry() {
        isRetryDue = false;
        return phase == Phase.READING ? plan.all(Place.UNKNOWN) : List.of();
    }

    /** The nodes that are relied on to answer. */
    List<ZoneNode> awaited() {
        return Arrays.stream(asks)
                .filter(ask -> !ask.isAnswered && plan.place(ask.place()) == Place.ASKED)
                .map(NodeAsk::node)
                .toList();
    }

    List<ZoneNode> nodes(List<Integer> places) {
        return places.stream().map(place -> asks[place].node()).toList();
    }

    /** How many places may be lost for mere doubts. */
    int sparePlaces() {
        return plan.sparePlaces();
    }

    /** @return the requests to send */
    List<NodeAsk> ask(OneChunkRead read, List<Integer> places, Choice[] choices) {
        List<NodeAsk> toSend = new ArrayList<>(places.size());
        for (int i = 0; i < choices.length; i++) {
            int place = places.get(i);
            asks[place] = new NodeAsk(read, asks[place].node(), place);
            plan.set(place, placeOf(choices[i]));
            if (choices[i] == Choice.ASK || choices[i] == Choice.DOUBT) {
                toSend.add(asks[place]);
                unanswered++;
            }
        }
        return toSend;
    }

    private static Place placeOf(Choice choice) {
        return switch (choice) {
            case ASK -> Place.ASKED;
            case DOUBT -> Place.DOUBTED;
            case AVOID -> Place.AVOIDED;
            case SKIP -> Place.LOST;
        };
    }

    /** Memory for a stripe that a reply brings; null if it is not wanted, or there is none. */
    @Nullable
    PayloadTarget accept(NodeAsk ask, StripeHeader header) {
        return intake.accept(ask, header, isTaking(ask));
    }

    /** @return whether the reply counts: one to a request of an earlier round does not */
    boolean absorb(NodeAsk ask, GetReply reply) {
        Place place = placeAfter(ask, reply);
        ask.isAnswered = true;
        if (!isCurrent(ask)) {
            return false;
        }
        unanswered--;
        plan.set(ask.place(), place);
        if (reply instanceof GetReply.Purged) {
            plan.purge();
        }
        return true;
    }

    private Place placeAfter(NodeAsk ask, GetReply reply) {
        if (reply instanceof GetReply.Stripes stripes) {
            return intake.absorb(ask, stripes, isTaking(ask), phase == Phase.DONE);
        }
        intake.discard(ask);
        if (reply instanceof GetReply.Missing missing) {
            ask.state = missing.wanted() ? NodeFinding.State.WANTED : NodeFinding.State.MISSING;
            return Place.MISSING;
        }
        return reply instanceof GetReply.Unknown ? Place.UNKNOWN : Place.LOST;
    }

    private boolean isTaking(NodeAsk ask) {
        return phase == Phase.READING && isCurrent(ask);
    }

    private boolean isCurrent(NodeAsk ask) {
        return asks.length > ask.place() && asks[ask.place()] == ask;
    }

    /** What the plan says, to be done by the caller: until then, or where nothing is to be decided, others are told to wait. */
    Decision decide() {
        Decision decision = phase == Phase.READING ? plan.decide() : Decision.WAIT;
        if (decision == Decision.WAIT || (decision == Decision.UNCERTAIN && isRetryDue)) {
            return Decision.WAIT;
        }
        isRetryDue = decision == Decision.UNCERTAIN;
        phase = switch (decision) {
            case DECODE -> Phase.DECODING;
            case UNCERTAIN, ASK_REST, WAIT -> Phase.READING;
            case MISS, PURGED -> Phase.IDLE;
        };
        return decision;
    }

    /** What it lacks memory for, and another round could have; 0 if nothing. */
    long wantedBytes() {
        return phase == Phase.READING && memory.isPossible(intake.lackingBytes()) ? intake.lackingBytes() : 0;
    }

    /** What it would have to hold and no round can, if nothing else is coming in; 0 otherwise. */
    long tooManyBytes() {
        return intake.hasNone() && !memory.isPossible(intake.lackingBytes()) ? intake.lackingBytes() : 0;
    }

    /** @return false if it is decoding, or over already */
    boolean giveUp() {
        boolean isReading = phase == Phase.READING;
        if (isReading) {
            phase = Phase.IDLE;
        }
        return isReading;
    }

    /** The stripes to decode, from here on written to by nothing else. */
    ChunkAssembler decodable() {
        StripeLayout layout = plan.decodable();
        ChunkAssembler assembler = layout == null ? null : intake.assembler(layout);
        if (assembler == null) {
            throw new IllegalStateException("nothing to decode of " + check.key());
        }
        assembler.cutOffRest();
        return assembler;
    }

    /**
     * Takes memory to look for the stripe that lies; without, the round goes on reading.
     *
     * @return what the round would have to hold; 0 if the memory was there
     */
    long takeForSearch(StripeLayout layout) {
        if (intake.takeForSearch(layout)) {
            return 0;
        }
        phase = Phase.READING;
        return intake.lackingBytes();
    }

    /** The stripes that lie were not found: more are needed, and those that were passed over meanwhile may help. */
    void distrust(StripeLayout layout) {
        intake.endSearch(layout);
        plan.distrust(layout);
        if (plan.isHopeless(layout)) {
            intake.giveUp(layout);
        }
        for (NodeAsk ask : asks) {
            if (ask.isAnswered && ask.hasPassedOver && plan.place(ask.place()) != Place.LOST) {
                plan.set(ask.place(), Place.UNKNOWN);
            }
        }
        phase = Phase.READING;
    }

    /** The chunk is there. */
    StripeIntake.Senders done(StripeLayout layout, long corruptStripes) {
        StripeIntake.Senders senders = intake.judge(layout, corruptStripes);
        intake.clear();
        phase = Phase.DONE;
        return senders;
    }

    boolean isAnsweredByAll() {
        return unanswered == 0;
    }

    List<NodeFinding> findings() {
        return Arrays.stream(asks).map(NodeAsk::finding).toList();
    }

    ZoneRead.Miss miss() {
        return new ZoneRead.Miss(
                Arrays.stream(asks).map(NodeAsk::node).toList(), startNanos, plan.maxHeld(), ZoneRead.Basis.PROVEN);
    }
}
