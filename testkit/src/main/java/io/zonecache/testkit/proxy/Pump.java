package io.zonecache.testkit.proxy;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.Supplier;

/** Passes bytes from one socket to another; holds at most what one piece and the target's write queue take. */
final class Pump {

    /** On their way at once under {@code Lag}; beyond it nothing is read. */
    private static final int MAX_LINE_BYTES = 16 << 20;

    private final Vertx vertx;
    private final NetSocket from;
    private final NetSocket to;
    private final Supplier<ProxyFault> fault;
    private final NarrowLink link;
    private final Queue<Buffer> line = new ArrayDeque<>();
    private int lineBytes;
    private long passedBytes;
    private boolean broken;
    private boolean holding;

    Pump(Vertx vertx, NetSocket from, NetSocket to, Supplier<ProxyFault> fault, NarrowLink link) {
        this.vertx = vertx;
        this.from = from;
        this.to = to;
        this.fault = fault;
        this.link = link;
    }

    void start() {
        from.handler(this::take);
        from.exceptionHandler(e -> from.close());
        from.resume();
    }

    private void take(Buffer piece) {
        if (broken) {
            return;
        }
        ProxyFault now = fault.get();
        long lagMillis = now instanceof ProxyFault.Lag lag ? lag.millis() : 0;
        // What a lag that has ended holds back comes first.
        if (lagMillis > 0 || !line.isEmpty()) {
            lag(piece, lagMillis);
        } else if (now instanceof ProxyFault.Delay delay) {
            // Nothing else is read meanwhile, so that the order stays.
            hold();
            vertx.setTimer(Math.max(1, delay.millis()), timer -> {
                write(piece);
                release();
            });
        } else if (now instanceof ProxyFault.Bandwidth bandwidth) {
            hold();
            long millis = link.millisUntilCarried(piece.length(), bandwidth.bytesPerSecond());
            vertx.setTimer(Math.max(1, millis), timer -> {
                write(piece);
                release();
            });
        } else if (now instanceof ProxyFault.Trickle trickle) {
            hold();
            trickle(piece, 0, trickle);
        } else if (now instanceof ProxyFault.BreakAfter end) {
            breakAfter(piece, end.bytes());
        } else if (now instanceof ProxyFault.FlipBits flip) {
            write(flipped(piece, flip.everyBytes()));
        } else if (now instanceof ProxyFault.None) {
            write(piece);
        }
    }

    /** Timers may end in another order when the lag changes; pieces keep theirs. */
    private void lag(Buffer piece, long millis) {
        line.add(piece);
        lineBytes += piece.length();
        if (lineBytes > MAX_LINE_BYTES) {
            hold();
        }
        vertx.setTimer(Math.max(1, millis), timer -> {
            Buffer first = line.remove();
            lineBytes -= first.length();
            write(first);
            if (holding && lineBytes <= MAX_LINE_BYTES) {
                release();
            }
        });
    }

    private void write(Buffer piece) {
        passedBytes += piece.length();
        to.write(piece);
        if (to.writeQueueFull()) {
            from.pause();
            to.drainHandler(drained -> resume());
        }
    }

    private void hold() {
        holding = true;
        from.pause();
    }

    private void release() {
        holding = false;
        resume();
    }

    private void resume() {
        if (!holding && !to.writeQueueFull()) {
            from.resume();
        }
    }

    private void trickle(Buffer piece, int offset, ProxyFault.Trickle trickle) {
        int end = Math.min(piece.length(), offset + Math.max(1, trickle.bytes()));
        write(piece.slice(offset, end));
        if (end == piece.length()) {
            release();
            return;
        }
        vertx.setTimer(Math.max(1, trickle.pauseMillis()), timer -> trickle(piece, end, trickle));
    }

    private void breakAfter(Buffer piece, long maxBytes) {
        if (passedBytes + piece.length() <= maxBytes) {
            write(piece);
            return;
        }
        broken = true;
        int last = (int) Math.max(0, maxBytes - passedBytes);
        to.write(piece.slice(0, last)).onComplete(written -> to.close());
    }

    private Buffer flipped(Buffer piece, int everyBytes) {
        Buffer wrong = piece.copy();
        long every = Math.max(1, everyBytes);
        for (long at = every - 1 - passedBytes % every; at < wrong.length(); at += every) {
            wrong.setByte((int) at, (byte) (wrong.getByte((int) at) ^ 1));
        }
        return wrong;
    }
}
