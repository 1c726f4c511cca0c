package io.zonecache.client.internal.read;

import io.zonecache.client.internal.ResourceScope;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Owns all that one read of the zone takes. Whatever ends the read closes the scope, which releases everything, lets other reads continue with
 * that, and completes the result last, since the caller may keep this thread. Its lock, this object, is the read's only one.
 *
 * <p>While a round's stripes are decoded, {@link RoundDecoder} has the round instead of the scope: the memory stays until the decoder is done with
 * it, even if the read ends before.
 */
final class ReadScope extends ResourceScope<ReadScope.Resource> {

    /** In the order in which they are released. */
    enum Resource {
        /** The pause before a retry. */
        PAUSE,
        /** A place in the queue of the {@link ReadGate}. */
        TICKET,
        /** The timer that asks the places that were left out. */
        HEDGE,
        /** The registration for checks of the nodes that are waited for. */
        SILENCE_CHECK,
        /** A slot and memory. */
        ROUND,
        /** The caller's future, which completes when nothing else is held, and what was held has been given to others. */
        RESULT
    }

    private final ReadGate gate;

    /** Null once the read has ended: it holds the chunk, and abandoned requests may keep this object for a second. */
    private @Nullable CompletableFuture<ZoneRead> result = new CompletableFuture<>();

    ReadScope(ReadGate gate) {
        super(Resource.class, () -> {});
        this.gate = gate;
    }

    /** Null once the read has ended. */
    synchronized @Nullable CompletableFuture<ZoneRead> result() {
        return result;
    }

    synchronized boolean hasEnded() {
        return result == null;
    }

    /** @return false if the read has ended: then the round has too */
    boolean own(ReadRound begun) {
        return ownRound(() -> close(begun));
    }

    private void close(ReadRound round) {
        try {
            synchronized (this) {
                round.close();
            }
        } finally {
            gate.leave(round.memory);
        }
    }

    /**
     * Ends a round without a result. {@link ReadGate#serve} or {@link ReadGate#enterFirst} must follow.
     *
     * @return false if it has ended, or is being decoded
     */
    boolean leave(ReadRound round) {
        synchronized (this) {
            if (!round.isOpen() || !has(Resource.ROUND)) {
                return false;
            }
            release(Resource.ROUND);
        }
        release(Resource.HEDGE);
        release(Resource.SILENCE_CHECK);
        return true;
    }

    /** @return the action that ends the round, to be given back through {@link #ownRound}; null if the round has ended */
    synchronized @Nullable Runnable takeRound(ReadRound round) {
        return round.isOpen() ? take(Resource.ROUND) : null;
    }

    /**
     * @param end ends a round
     * @return false if the read has ended: then the round has too
     */
    boolean ownRound(Runnable end) {
        try {
            own(Resource.ROUND, end);
        } finally {
            if (hasEnded()) {
                gate.serve();
            }
        }
        return !hasEnded();
    }

    /** Ends the read, unless it has ended already. */
    void end(Consumer<CompletableFuture<ZoneRead>> completion) {
        CompletableFuture<ZoneRead> ended;
        synchronized (this) {
            ended = result;
            result = null;
        }
        if (ended != null) {
            own(Resource.RESULT, () -> complete(ended, completion));
            close();
        }
    }

    private void complete(CompletableFuture<ZoneRead> ended, Consumer<CompletableFuture<ZoneRead>> completion) {
        try {
            gate.serve();
        } finally {
            completion.accept(ended);
        }
    }
}
