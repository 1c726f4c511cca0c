package io.zonecache.client.internal.read;

import io.zonecache.client.internal.time.ClientTimer.Scheduled;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All that one read of the zone owns: its result, its place in the queue, a pause, and the round with its slot and memory. Closed once,
 * whatever ends the read, which gives everything back. Its lock, this object, is the read's only one.
 *
 * <p>A thread that decodes a round's stripes keeps their memory until {@link #endDecoding}, even if the read is over before.
 */
final class ReadScope {

    private final ReadGate gate;

    /** Null once closed: it holds the chunk, and requests that nobody waits for may keep this object for a second. */
    private @Nullable CompletableFuture<ZoneRead> result = new CompletableFuture<>();

    private ReadGate.@Nullable Ticket ticket;
    private @Nullable Scheduled pause;
    private @Nullable ReadRound round;

    ReadScope(ReadGate gate) {
        this.gate = gate;
    }

    /** Null once closed. */
    synchronized @Nullable CompletableFuture<ZoneRead> result() {
        return result;
    }

    synchronized boolean isClosed() {
        return result == null;
    }

    /** The round under way; null between rounds. */
    synchronized @Nullable ReadRound round() {
        return round;
    }

    /** A place in the queue, which may have been served already. */
    void own(ReadGate.Ticket taken) {
        synchronized (this) {
            ticket = taken;
            if (result != null) {
                return;
            }
        }
        taken.cancel();
    }

    void own(Scheduled scheduled) {
        synchronized (this) {
            pause = scheduled;
            if (result != null) {
                return;
            }
        }
        scheduled.cancel();
    }

    /** @return false if the scope is closed: then the round's slot and memory have gone back */
    boolean own(ReadRound begun) {
        synchronized (this) {
            ticket = null;
            if (result != null) {
                round = begun;
                return true;
            }
            begun.close();
        }
        gate.leave(begun.memory);
        return false;
    }

    /**
     * Ends a round without a result, and gives its slot and memory back.
     *
     * @return false if it has ended before
     */
    boolean leave(ReadRound ended) {
        if (!take(ended)) {
            return false;
        }
        gate.leave(ended.memory);
        return true;
    }

    /** The same, to come before others with so much memory. */
    void requeue(ReadRound ended, long needBytes, Consumer<RoundMemory> task) {
        if (take(ended)) {
            own(gate.requeue(ended.memory, needBytes, task));
        }
    }

    private synchronized boolean take(ReadRound ended) {
        if (round != ended) {
            return false;
        }
        ended.close();
        round = null;
        return true;
    }

    /**
     * A round's stripes are in no thread's use any more.
     *
     * @return false if the scope has been closed meanwhile: then the round's slot and memory have gone back
     */
    boolean endDecoding(ReadRound decoded) {
        boolean isLeft;
        synchronized (this) {
            isLeft = result == null && decoded.hasDecoder && decoded.isOpen();
            decoded.hasDecoder = false;
            if (result != null) {
                return true;
            }
            if (isLeft) {
                decoded.close();
            }
        }
        if (isLeft) {
            gate.leave(decoded.memory);
        }
        return false;
    }

    /**
     * Closes the scope, unless it is closed already. Everything but the slot is released before the result completes; the slot is released
     * afterwards, so that whoever gets it runs after that.
     *
     * @param onClosed runs before the result completes
     */
    void close(Runnable onClosed, Consumer<CompletableFuture<ZoneRead>> completion) {
        CompletableFuture<ZoneRead> told;
        ReadRound left;
        ReadGate.Ticket waiting;
        synchronized (this) {
            if (result == null) {
                return;
            }
            told = result;
            result = null;
            left = round == null || round.hasDecoder ? null : round;
            round = null;
            if (left != null) {
                left.close();
            }
            waiting = ticket;
            if (pause != null) {
                pause.cancel();
            }
        }
        try {
            onClosed.run();
            if (waiting != null) {
                waiting.cancel();
            }
            completion.accept(told);
        } finally {
            if (left != null) {
                gate.leave(left.memory);
            }
        }
    }
}
