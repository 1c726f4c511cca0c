package io.zonecache.client.internal.read;

import io.zonecache.client.internal.read.ChunkAssembler.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the stripes of one round, and looks for the corrupt one if the chunk turns out wrong. From {@link #begin} to its end nothing else
 * touches the stripes held, so that decoding and hashing need no lock; their memory stays until then, even if the read is over before.
 * One of {@link #end}, {@link #endWithHit} and {@link #endInVain} is to be called, and is what happens when a guarded step throws.
 */
final class RoundDecoder {

    private final ReadScope scope;
    private final ReadRound round;
    private final ChunkAssembler assembler;

    private RoundDecoder(ReadScope scope, ReadRound round, ChunkAssembler assembler) {
        this.scope = scope;
        this.round = round;
        this.assembler = assembler;
    }

    /** To be called when the state says so. */
    static RoundDecoder begin(ReadScope scope, ReadRound round) {
        synchronized (scope) {
            round.hasDecoder = true;
            return new RoundDecoder(scope, round, round.collector.decodable());
        }
    }

    /** Runs a step of the decoding; what it throws ends the decoding, and is thrown. */
    void guard(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            end();
            throw e;
        }
    }

    /** Whether a data stripe is to be computed from others. */
    boolean lacksData() {
        return assembler.lacksData();
    }

    /** The chunk; null if it is not what its key and tag say. */
    @Nullable
    Verdict decode() {
        Verdict verdict = new Verdict(assembler.decode(), 0);
        return round.check.isValid(assembler.layout(), verdict.chunk()) ? verdict : null;
    }

    /** @return 0, or how many bytes the round lacks that it needs for {@link #search} */
    long takeMemoryForSearch() {
        synchronized (scope) {
            boolean isTaken = round.collector.takeForSearch(assembler.layout());
            return isTaken ? 0 : round.collector.lackingBytes();
        }
    }

    /** Decodes subsets of the stripes until one yields the chunk; null if none does. Takes many times as long as {@link #decode}. */
    @Nullable
    Verdict search() {
        StripeLayout layout = assembler.layout();
        return assembler.decodeSubsets(chunk -> round.check.isValid(layout, chunk));
    }

    /** @return false if the read is over: then the round's slot and memory have gone back */
    boolean end() {
        return scope.endDecoding(round);
    }

    /** @return whose stripes were valid and whose were not; null if the read is over */
    StripeCollector.@Nullable Senders endWithHit(Verdict verdict) {
        if (!end()) {
            return null;
        }
        synchronized (scope) {
            round.repairable =
                    new Repairable(verdict.chunk(), assembler.layout().code());
            return round.collector.judge(assembler.layout(), verdict.corruptStripes());
        }
    }

    /** No corrupt stripe was found, so more stripes are needed; false if the read is over. */
    boolean endInVain() {
        if (!end()) {
            return false;
        }
        synchronized (scope) {
            round.distrust(assembler.layout());
        }
        return true;
    }
}
