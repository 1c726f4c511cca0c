package io.zonecache.client.read;

import io.zonecache.client.node.NodeHealth.Choice;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.read.StripeRead.Decision;
import io.zonecache.client.read.StripeRead.Place;
import io.zonecache.client.time.ClientTimer.Scheduled;
import io.zonecache.client.transport.GetReply;
import io.zonecache.client.transport.PayloadTarget;
import io.zonecache.client.view.KnownView;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.StripeHeader;
import io.zonecache.model.ZoneNode;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A read's memory and its reactions: replies go into the plan and the assemblers, and the plan says what to do. Replies come on any
 * thread; the lock is this object. Decoding and hashing happen outside of it, in a phase in which nothing else touches the
 * stripes held: replies that come then pass their stripes over.
 *
 * <p>A round that ends holds no memory: who waits for a fill between rounds must not keep it from the fill. What comes late is
 * passed over.
 */
final class OneChunkRead implements ChunkRead {

    /** Rounds that headers may cost for want of memory: one for each way in which the chunk may have been cut. */
    private static final int MAX_RETURNS = 4;

    private enum Phase {
        /** Between rounds. */
        IDLE,
        READING,
        DECODING,
        DONE
    }

    private final OverRequestReader reader;
    private final ChunkKey key;
    private final @Nullable ObjectRange range;
    private final @Nullable String traceparent;
    private final int rank;
    private final long deadlineNanos;

    private StripeRead plan;
    private StripeIntake intake;
    private RoundMemory memory;
    private boolean hasHadARound;
    private int returns;
    private Phase phase = Phase.IDLE;
    private NodeAsk[] asks = {};
    private boolean hashIsKey;
    private int unanswered;
    private long startNanos;
    private @Nullable Scheduled hedge;
    private boolean isRetryDue;
    private int retries;
    private @Nullable Repairable repairable;
    private CompletableFuture<ZoneRead> result = new CompletableFuture<>();

    OneChunkRead(
            OverRequestReader reader,
            ChunkKey key,
            @Nullable ObjectRange range,
            @Nullable String traceparent,
            int rank,
            long deadlineNanos) {
        this.reader = reader;
        this.key = key;
        this.range = range;
        this.traceparent = traceparent;
        this.rank = rank;
        this.deadlineNanos = deadlineNanos;
        this.memory = reader.noMemory();
        this.plan = new StripeRead(reader.codeForPlanning());
        this.intake = new StripeIntake(plan, memory);
    }

    @Override
    public ChunkKey key() {
        return key;
    }

    @Override
    public @Nullable ObjectRange range() {
        return range;
    }

    /** What nodes are told of the trace that this read belongs to, if any. */
    @Nullable
    String traceparent() {
        return traceparent;
    }

    @Override
    public int rank() {
        return rank;
    }

    @Override
    public long deadlineNanos() {
        return deadlineNanos;
    }

    /**
     * Starts a round: asks the nodes of the placement, in the first round as the policy says.
     *
     * @param roundMemory goes back to the reader when the round ends
     */
    CompletableFuture<ZoneRead> start(KnownView view, RoundMemory roundMemory) {
        List<Integer> toAsk = new ArrayList<>();
        CompletableFuture<ZoneRead> future = new CompletableFuture<>();
        NodeAsk[] round;
        synchronized (this) {
            if (phase != Phase.IDLE) {
                throw new IllegalStateException("read of " + key + ": " + phase + " (expected: one round at a time)");
            }
            result = future;
            memory = roundMemory;
            hashIsKey = OverRequestReader.hashIsKey(view);
            List<ZoneNode> nodes = view.placement().nodesFor(key);
            CodeSpec code = view.view().settings().code();
            plan = new StripeRead(code);
            intake = new StripeIntake(plan, memory);
            asks = new NodeAsk[nodes.size()];
            Place[] places = new Place[asks.length];
            Arrays.fill(places, Place.ASKED);
            for (int i = 0; i < asks.length; i++) {
                asks[i] = new NodeAsk(this, nodes.get(i), i);
                toAsk.add(i);
            }
            plan.begin(code, places);
            if (!hasHadARound) {
                BitSet leftOut = reader.leaveOut(places.length, plan.placesNeeded());
                leftOut.stream().forEach(place -> plan.set(place, Place.LEFT_OUT));
                toAsk.removeIf(leftOut::get);
            }
            unanswered = 0;
            startNanos = reader.nanoTime();
            phase = Phase.READING;
            round = asks;
        }
        ask(round, toAsk, true);
        hedgeLater();
        return future;
    }

    private synchronized void hedgeLater() {
        if (phase != Phase.DONE && phase != Phase.IDLE && !plan.rest().isEmpty()) {
            hedge = reader.hedgeLater(this::hedge);
        }
    }

    /** The read is late: asks the places left out if the budget allows, or if a node asked is known not to answer by now. */
    private void hedge() {
        List<ZoneNode> awaited = new ArrayList<>();
        synchronized (this) {
            if (phase == Phase.DONE || phase == Phase.IDLE) {
                return;
            }
            for (NodeAsk ask : asks) {
                if (!ask.isAnswered && plan.place(ask.place()) == Place.ASKED) {
                    awaited.add(ask.node());
                }
            }
        }
        if (awaited.stream().anyMatch(reader.health()::isSkipped) || reader.tryHedge()) {
            askRest();
        }
        hedgeLater();
    }

    private void askRest() {
        List<Integer> rest = new ArrayList<>();
        NodeAsk[] round;
        synchronized (this) {
            round = asks;
            if (phase != Phase.DONE && phase != Phase.IDLE) {
                rest.addAll(plan.rest());
                rest.forEach(place -> plan.set(place, Place.ASKED));
            }
        }
        ask(round, rest, false);
    }

    /**
     * Asks those of the places whose nodes are neither skipped, for then they are lost, nor to be avoided at first.
     *
     * @param round the {@link #asks} that the places were chosen of; nobody is asked for a round that is over
     */
    private void ask(NodeAsk[] round, List<Integer> places, boolean isFirst) {
        List<ZoneNode> nodes = new ArrayList<>(places.size());
        int spare;
        synchronized (this) {
            if (asks != round) {
                return;
            }
            places.forEach(place -> nodes.add(asks[place].node()));
            spare = plan.sparePlaces();
        }
        Choice[] choices =
                isFirst ? reader.health().choose(nodes, spare) : reader.health().chooseAmongRest(nodes, spare);
        List<NodeAsk> toSend = new ArrayList<>(places.size());
        synchronized (this) {
            if (asks != round) {
                return;
            }
            for (int i = 0; i < choices.length; i++) {
                int place = places.get(i);
                asks[place] = new NodeAsk(this, nodes.get(i), place);
                plan.set(place, placeOf(choices[i]));
                if (choices[i] == Choice.ASK || choices[i] == Choice.DOUBT) {
                    toSend.add(asks[place]);
                    unanswered++;
                }
            }
        }
        for (NodeAsk ask : toSend) {
            reader.send(this, ask, reply -> replied(ask, reply));
        }
        step();
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
        PayloadTarget target;
        RoundMemory used;
        synchronized (this) {
            if (hashIsKey && header.tag() != key.w0()) {
                ask.hasFalseTag = true;
                return null;
            }
            target = intake.accept(ask, header, isTaking(ask));
            used = memory;
        }
        used.trim();
        return target;
    }

    private boolean isTaking(NodeAsk ask) {
        return phase == Phase.READING && isCurrent(ask);
    }

    private boolean isCurrent(NodeAsk ask) {
        return asks.length > ask.place() && asks[ask.place()] == ask;
    }

    private void replied(NodeAsk ask, GetReply reply) {
        boolean isCurrent;
        synchronized (this) {
            Place place = absorb(ask, reply);
            ask.isAnswered = true;
            isCurrent = isCurrent(ask);
            if (isCurrent) {
                unanswered--;
                plan.set(ask.place(), place);
                if (reply instanceof GetReply.Purged) {
                    plan.purge();
                }
            }
        }
        if (ask.state == NodeFinding.State.CORRUPT) {
            reader.report(this, ask.node());
        }
        if (isCurrent) {
            step();
        }
    }

    private Place absorb(NodeAsk ask, GetReply reply) {
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

    /** Does what the plan says, until it says to wait. */
    private void step() {
        while (true) {
            Decision decision;
            comeBackIfNeeded();
            synchronized (this) {
                if (phase == Phase.DONE) {
                    break;
                }
                if (phase != Phase.READING) {
                    return;
                }
                decision = plan.decide();
                if (decision == Decision.WAIT || (decision == Decision.UNCERTAIN && isRetryDue)) {
                    return;
                }
                isRetryDue = decision == Decision.UNCERTAIN;
                phase = switch (decision) {
                    case DECODE -> Phase.DECODING;
                    case UNCERTAIN, ASK_REST, WAIT -> Phase.READING;
                    case MISS, PURGED -> Phase.IDLE;
                };
            }
            switch (decision) {
                case DECODE -> decode();
                case ASK_REST -> askRest();
                case UNCERTAIN -> uncertain();
                case PURGED -> fail(new CacheException(CacheErrorCode.PURGED, "chunk " + key + ": purged"));
                default -> complete(miss());
            }
        }
        settle();
    }

    private void uncertain() {
        long tooManyBytes;
        synchronized (this) {
            long lackingBytes = intake.lackingBytes();
            tooManyBytes = intake.hasNone() && !memory.isPossible(lackingBytes) ? lackingBytes : 0;
        }
        if (tooManyBytes > 0) {
            giveUp(tooLarge(tooManyBytes));
        } else {
            reader.retryLater(this, retries++, this::retry);
        }
    }

    private CacheException tooLarge(long needBytes) {
        return new CacheException(
                CacheErrorCode.TOO_LARGE,
                "memory for chunk " + key + ": " + needBytes + " bytes (expected: at most " + memory.mostBytes()
                        + ", of memoryBytes)");
    }

    private void comeBackIfNeeded() {
        long needBytes;
        synchronized (this) {
            needBytes = intake.lackingBytes();
            if (phase != Phase.READING || needBytes == 0 || returns == MAX_RETURNS || !memory.isPossible(needBytes)) {
                return;
            }
            returns++;
        }
        comeBack(needBytes);
    }

    /** Ends a round that has no memory for what it must hold, to be had again once there is. */
    private void comeBack(long needBytes) {
        RoundMemory held;
        CompletableFuture<ZoneRead> waiting;
        synchronized (this) {
            if (phase != Phase.READING) {
                return;
            }
            held = memory;
            forget();
            waiting = takeResult();
        }
        reader.comeBack(this, held, needBytes, waiting);
    }

    /** From here on nothing writes to the round's memory. */
    private void forget() {
        phase = Phase.IDLE;
        isRetryDue = false;
        intake.clear();
        asks = new NodeAsk[0];
    }

    /** Asks the nodes of which nothing is known once more; called when the retry budget allows. */
    private void retry() {
        List<Integer> places = new ArrayList<>();
        NodeAsk[] round;
        synchronized (this) {
            isRetryDue = false;
            round = asks;
            for (int i = 0; phase == Phase.READING && i < plan.places(); i++) {
                if (plan.place(i) == Place.UNKNOWN) {
                    places.add(i);
                }
            }
        }
        ask(round, places, false);
    }

    /** The read is over without an answer: too little time, or the client closes. */
    void giveUp(CacheException failure) {
        synchronized (this) {
            if (phase != Phase.READING) {
                return;
            }
            phase = Phase.IDLE;
        }
        fail(failure);
    }

    private void decode() {
        Cut cut;
        ChunkAssembler assembler;
        synchronized (this) {
            cut = plan.decodable();
            assembler = cut == null ? null : intake.assembler(cut);
            if (cut == null || assembler == null) {
                throw new IllegalStateException("nothing to decode of " + key);
            }
            assembler.cutOffRest();
        }
        if (assembler.lacksData()) {
            reader.reconstructed();
        }
        ByteBuffer chunk = assembler.decode();
        long liars = 0;
        if (!isRight(chunk)) {
            if (!isReadyToSearch(cut)) {
                return;
            }
            ChunkAssembler.Verdict verdict = assembler.decodeSubsets(this::isRight);
            if (verdict == null) {
                intake.endSearch(cut);
                askForMore(cut);
                return;
            }
            chunk = verdict.chunk();
            liars = verdict.liars();
        }
        finish(cut, chunk, liars);
    }

    /** Where there is no memory to look for the stripe that lies, the round comes back once there is. */
    private boolean isReadyToSearch(Cut cut) {
        long needBytes;
        synchronized (this) {
            if (intake.takeForSearch(cut)) {
                return true;
            }
            needBytes = intake.lackingBytes();
            phase = Phase.READING;
        }
        if (memory.isPossible(needBytes)) {
            comeBack(needBytes);
        } else {
            giveUp(tooLarge(needBytes));
        }
        return false;
    }

    private boolean isRight(ByteBuffer chunk) {
        return !hashIsKey
                || reader.verification() != Verification.FULL
                || ChunkKey.sha256Of(chunk).equals(key);
    }

    private void askForMore(Cut cut) {
        synchronized (this) {
            plan.distrust(cut);
            if (plan.isHopeless(cut)) {
                intake.giveUp(cut);
            }
            for (NodeAsk ask : asks) {
                if (ask.isAnswered && ask.hasPassedOver && plan.place(ask.place()) != Place.LOST) {
                    plan.set(ask.place(), Place.UNKNOWN);
                }
            }
            phase = Phase.READING;
        }
    }

    private void finish(Cut cut, ByteBuffer chunk, long liars) {
        List<ZoneNode> toReport;
        synchronized (this) {
            toReport = intake.accuse(cut, liars);
            intake.clear();
            repairable = new Repairable(new WeakReference<>(chunk), cut.code());
            phase = Phase.DONE;
        }
        toReport.forEach(node -> reader.report(this, node));
        reader.hit(this, reader.nanoTime() - startNanos);
        complete(new ZoneRead.Hit(chunk));
    }

    /**
     * Tells what may be repaired once all have answered. The chunk is only held weakly: a silent node must not keep a second's worth
     * of chunks in memory for the sake of a repair.
     */
    private void settle() {
        List<NodeFinding> findings;
        Repairable hit;
        synchronized (this) {
            hit = repairable;
            if (unanswered > 0 || hit == null) {
                return;
            }
            repairable = null;
            findings = Arrays.stream(asks).map(NodeAsk::finding).toList();
        }
        boolean isNeeded = findings.stream()
                .anyMatch(finding ->
                        finding.state() == NodeFinding.State.WANTED || finding.state() == NodeFinding.State.CORRUPT);
        ByteBuffer chunk = hit.chunk().get();
        if (isNeeded && chunk != null) {
            reader.repairable(this, chunk, hit.code(), findings);
        }
    }

    private record Repairable(WeakReference<ByteBuffer> chunk, CodeSpec code) {}

    private synchronized ZoneRead.Miss miss() {
        return new ZoneRead.Miss(Arrays.stream(asks).map(NodeAsk::node).toList(), startNanos, plan.mostHeld());
    }

    private void complete(ZoneRead read) {
        RoundMemory held = endRound();
        takeResult().complete(read);
        reader.leave(this, held);
    }

    private void fail(CacheException failure) {
        RoundMemory held = endRound();
        takeResult().completeExceptionally(failure);
        reader.leave(this, held);
    }

    /** Whoever is told finds the memory released. */
    private synchronized RoundMemory endRound() {
        hasHadARound = true;
        if (phase != Phase.DONE) {
            forget();
        }
        memory.release();
        return memory;
    }

    /** Lets go of the future too, for it holds the chunk: requests that nobody waits for may keep this object for a second. */
    private synchronized CompletableFuture<ZoneRead> takeResult() {
        if (hedge != null) {
            hedge.cancel();
            hedge = null;
        }
        CompletableFuture<ZoneRead> taken = result;
        result = new CompletableFuture<>();
        return taken;
    }
}
