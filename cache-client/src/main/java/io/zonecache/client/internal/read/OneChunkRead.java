package io.zonecache.client.internal.read;

import io.zonecache.client.internal.read.ChunkAssembler.Verdict;
import io.zonecache.client.internal.read.Round.Phase;
import io.zonecache.client.internal.read.StripeRead.Decision;
import io.zonecache.client.internal.transport.GetReply;
import io.zonecache.client.internal.transport.PayloadTarget;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.StripeHeader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A read's reactions, round by round: replies go into the round, and its plan says what to do. Replies come on any thread; the lock
 * is this object. Decoding and hashing happen outside of it, in a phase in which nothing else touches the stripes held: replies
 * that come then pass their stripes over.
 *
 * <p>A round that ends holds no memory: who waits for a fill between rounds must not keep it from the fill. What comes late is
 * passed over.
 */
final class OneChunkRead {

    /** Rounds that headers may cost for want of memory: one for each way in which the chunk may have been layout. */
    private static final int MAX_RETURNS = 4;

    private final OverRequestReader reader;
    private final ChunkRead request;
    private final Asking asking;

    private Round round;
    private int returns;
    private @Nullable Repairable repairable;
    private CompletableFuture<ZoneRead> result = new CompletableFuture<>();

    OneChunkRead(OverRequestReader reader, ChunkRead request) {
        this.reader = reader;
        this.request = request;
        KeyCheck check = new KeyCheck(request.key(), false, reader.verification());
        this.round = Round.none(reader.codeForPlanning(), reader.noMemory(), check);
        this.asking = new Asking(this, reader);
    }

    ChunkRead request() {
        return request;
    }

    ChunkKey key() {
        return request.key();
    }

    /** Guarded by the read's lock. */
    Round round() {
        return round;
    }

    /**
     * Starts a round: asks the nodes of the placement, in the first round as the policy says.
     *
     * @param memory goes back to the reader when the round ends
     */
    CompletableFuture<ZoneRead> start(KnownView view, RoundMemory memory) {
        CompletableFuture<ZoneRead> future = new CompletableFuture<>();
        Round begun;
        List<Integer> toAsk;
        synchronized (this) {
            if (round.phase() != Phase.IDLE) {
                throw new IllegalStateException(
                        "read of " + key() + ": " + round.phase() + " (expected: one round at a time)");
            }
            result = future;
            begun = Round.begin(this, reader, view, memory);
            if (request.isFirstRound()) {
                begun.leaveOut(reader);
            }
            toAsk = begun.toAsk();
            round = begun;
        }
        asking.first(begun, toAsk);
        return future;
    }

    /** Memory for a stripe that a reply brings; null if it is not wanted, or there is none. */
    @Nullable
    PayloadTarget accept(NodeAsk ask, StripeHeader header) {
        PayloadTarget target;
        RoundMemory used;
        synchronized (this) {
            if (round.check().isFalse(header)) {
                ask.hasFalseTag = true;
                return null;
            }
            target = round.accept(ask, header);
            used = round.memory();
        }
        used.trim();
        return target;
    }

    void replied(NodeAsk ask, GetReply reply) {
        boolean isCurrent;
        synchronized (this) {
            isCurrent = round.absorb(ask, reply);
        }
        if (ask.state == NodeFinding.State.CORRUPT) {
            reader.report(this, ask.node());
        }
        if (isCurrent) {
            step();
        }
    }

    /** Does what the plan says, until it says to wait. */
    void step() {
        while (true) {
            Decision decision;
            requeueIfNeeded();
            synchronized (this) {
                if (round.phase() == Phase.DONE) {
                    break;
                }
                decision = round.decide();
            }
            switch (decision) {
                case WAIT -> {
                    return;
                }
                case DECODE -> decode();
                case ASK_REST -> asking.rest();
                case UNCERTAIN -> uncertain();
                case PURGED -> fail(new CacheException(CacheErrorCode.PURGED, "chunk " + key() + ": purged"));
                case MISS -> complete(miss());
            }
        }
        settle();
    }

    private void uncertain() {
        long tooManyBytes;
        synchronized (this) {
            tooManyBytes = round.tooManyBytes();
        }
        if (tooManyBytes > 0) {
            giveUp(round.memory().tooLarge(key(), tooManyBytes));
        } else {
            asking.retryLater();
        }
    }

    private void requeueIfNeeded() {
        long needBytes;
        synchronized (this) {
            needBytes = returns == MAX_RETURNS ? 0 : round.wantedBytes();
            if (needBytes == 0) {
                return;
            }
            returns++;
        }
        requeue(needBytes);
    }

    /** Ends a round that has no memory for what it must hold, to be had again once there is. */
    private void requeue(long needBytes) {
        RoundMemory held;
        CompletableFuture<ZoneRead> waiting;
        synchronized (this) {
            if (round.phase() != Phase.READING) {
                return;
            }
            held = round.memory();
            round = round.over();
            waiting = takeResult();
        }
        reader.requeue(this, held, needBytes, waiting);
    }

    /** The read is over without an answer: too little time, or the client closes. */
    void giveUp(CacheException failure) {
        synchronized (this) {
            if (!round.giveUp()) {
                return;
            }
        }
        fail(failure);
    }

    private void decode() {
        ChunkAssembler assembler;
        synchronized (this) {
            assembler = round.decodable();
        }
        if (assembler.lacksData()) {
            reader.reconstructed();
        }
        ByteBuffer chunk = assembler.decode();
        if (round.check().isRight(chunk)) {
            finish(assembler.layout(), new Verdict(chunk, 0));
        } else {
            search(assembler);
        }
    }

    /** Looks for the stripe that lies; where there is no memory to do so, the round comes back once there is. */
    private void search(ChunkAssembler assembler) {
        long needBytes;
        synchronized (this) {
            needBytes = round.takeForSearch(assembler.layout());
        }
        if (needBytes == 0) {
            searched(assembler.layout(), assembler.decodeSubsets(round.check()::isRight));
        } else if (round.memory().isPossible(needBytes)) {
            requeue(needBytes);
        } else {
            giveUp(round.memory().tooLarge(key(), needBytes));
        }
    }

    private void searched(StripeLayout layout, @Nullable Verdict verdict) {
        if (verdict != null) {
            finish(layout, verdict);
            return;
        }
        synchronized (this) {
            round.distrust(layout);
        }
    }

    private void finish(StripeLayout layout, Verdict verdict) {
        StripeIntake.Senders senders;
        synchronized (this) {
            senders = round.done(layout, verdict.corruptStripes());
            repairable = new Repairable(verdict.chunk(), layout.code());
        }
        senders.valid().forEach(reader.health()::valid);
        senders.corruptStripes().forEach(node -> reader.report(this, node));
        reader.hit(this, reader.nanoTime() - round.startNanos());
        complete(new ZoneRead.Hit(verdict.chunk()));
    }

    /** Tells what may be repaired once all have answered. */
    private void settle() {
        List<NodeFinding> findings;
        Repairable hit;
        synchronized (this) {
            hit = repairable;
            if (hit == null || !round.isAnsweredByAll()) {
                return;
            }
            repairable = null;
            findings = round.findings();
        }
        ByteBuffer chunk = hit.chunkFor(findings);
        if (chunk != null) {
            reader.repairable(this, chunk, hit.code(), findings);
        }
    }

    private synchronized ZoneRead.Miss miss() {
        return round.miss();
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
        request.endRound();
        if (round.phase() != Phase.DONE) {
            round = round.over();
        }
        round.memory().release();
        return round.memory();
    }

    /** Lets go of the future too, for it holds the chunk: requests that nobody waits for may keep this object for a second. */
    private synchronized CompletableFuture<ZoneRead> takeResult() {
        asking.cancelHedge();
        CompletableFuture<ZoneRead> taken = result;
        result = new CompletableFuture<>();
        return taken;
    }
}
