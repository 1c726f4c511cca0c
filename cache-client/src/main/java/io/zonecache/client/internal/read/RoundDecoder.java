package io.zonecache.client.internal.read;

import io.zonecache.client.internal.read.ChunkAssembler.DecodedChunk;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decodes the stripes of one round, and searches for the corrupt one if the chunk turns out wrong. From {@link #begin} to its end nothing else
 * touches the stripes held, so that decoding and hashing need no lock; their memory stays until then, even if the read ends before.
 */
final class RoundDecoder {

    private final ReadContext context;
    private final ReadScope scope;
    private final ReadRound round;
    private final ChunkAssembler assembler;
    private @Nullable Runnable endOfRound;

    /** How a decoding has ended. */
    sealed interface Outcome {

        /** The chunk is right. */
        record Found(ByteBuffer chunk, StripeCollector.Senders senders) implements Outcome {}

        /** The chunk is wrong, and a corrupt stripe was not found: more stripes are needed. */
        record NotFound() implements Outcome {}

        /** The chunk is wrong, and the search for a corrupt stripe takes more memory than there is; the whole round would need {@code needBytes}. */
        record LacksMemory(long needBytes) implements Outcome {}
    }

    private RoundDecoder(ReadContext context, ReadScope scope, ReadRound round, ChunkAssembler assembler) {
        this.context = context;
        this.scope = scope;
        this.round = round;
        this.assembler = assembler;
    }

    /** To be called when the state says so. Null if the round has ended meanwhile. */
    static @Nullable RoundDecoder begin(ReadContext context, ReadScope scope, ReadRound round) {
        synchronized (scope) {
            if (!round.isOpen()) {
                return null;
            }
            RoundDecoder decoder = new RoundDecoder(context, scope, round, round.collector.decodable());
            // Last, so that the scope keeps the round if one of these throws.
            decoder.endOfRound = scope.takeRound(round);
            return decoder.endOfRound == null ? null : decoder;
        }
    }

    /**
     * To be called once. What is thrown here, or by a search, ends the decoding too.
     *
     * @param decodings runs the decoding, with the verification of the chunk
     * @param searches runs the search for the corrupt stripe, which takes as long as decoding and hashing the chunk many times
     * @param onEnd called when the stripes are no longer in use, unless the read is over by then
     */
    void decode(Executor decodings, Executor searches, Consumer<Outcome> onEnd) {
        guarded(() -> decodings.execute(() -> guarded(() -> decodeNow(searches, onEnd))));
    }

    private void decodeNow(Executor searches, Consumer<Outcome> onEnd) {
        if (assembler.lacksData()) {
            context.counters.reconstructed.increment();
        }
        DecodedChunk decoded = new DecodedChunk(assembler.decode(), 0);
        if (round.check.isValid(assembler.layout(), decoded.chunk())) {
            endWithHit(decoded, onEnd);
            return;
        }
        long lackingBytes = takeMemoryForSearch();
        if (lackingBytes == 0) {
            searches.execute(() -> guarded(() -> search(onEnd)));
        } else if (end()) {
            onEnd.accept(new Outcome.LacksMemory(lackingBytes));
        }
    }

    private void guarded(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            end();
            throw e;
        }
    }

    /** @return 0, or what the round would have to hold */
    private long takeMemoryForSearch() {
        synchronized (scope) {
            boolean isTaken = round.collector.takeForSearch(assembler.layout());
            return isTaken ? 0 : round.collector.lackingBytes();
        }
    }

    /** Decodes subsets of the stripes until one yields the chunk. */
    private void search(Consumer<Outcome> onEnd) {
        StripeLayout layout = assembler.layout();
        DecodedChunk decoded = assembler.decodeSubsets(chunk -> round.check.isValid(layout, chunk));
        if (decoded != null) {
            endWithHit(decoded, onEnd);
        } else if (end()) {
            synchronized (scope) {
                round.distrust(layout);
            }
            onEnd.accept(new Outcome.NotFound());
        }
    }

    private void endWithHit(DecodedChunk decoded, Consumer<Outcome> onEnd) {
        if (!end()) {
            return;
        }
        StripeCollector.Senders senders;
        synchronized (scope) {
            round.repairable =
                    new RepairCandidate(decoded.chunk(), assembler.layout().code());
            senders = round.collector.splitSenders(assembler.layout(), decoded.corruptStripes());
            assembler.giveBackSeparate();
        }
        onEnd.accept(new Outcome.Found(decoded.chunk(), senders));
    }

    /**
     * Returns the round to the scope; has no effect the second time.
     *
     * @return false if the read is over: then the round's slot and memory have been released
     */
    private boolean end() {
        Runnable end;
        synchronized (scope) {
            end = endOfRound;
            endOfRound = null;
        }
        return end != null ? scope.ownRound(end) : !scope.hasEnded();
    }
}
