package io.zonecache.cli.demo.worker;

import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Keeps a number of reads in flight: each lane starts its next read when the last one's bytes are checked.
 *
 * <p>Checks run on an executor, because a read's future completes on a thread of the client's that must not be held up.
 */
final class ReadLoop {

    private final ChunkSource source;
    private final KeyOrder order;
    private final Executor checkers;
    private final ReadTally tally = new ReadTally();
    private final AtomicInteger openLanes;
    private final ChunkSource.Served servedBefore;
    private final CompletableFuture<Tally> end = new CompletableFuture<>();

    ReadLoop(ChunkSource source, KeyOrder order, int inFlight, Executor checkers) {
        this.source = source;
        this.order = order;
        this.checkers = checkers;
        this.openLanes = new AtomicInteger(inFlight);
        this.servedBefore = source.served();
    }

    /** Completes when the order has no more keys and the last read has ended. */
    CompletableFuture<Tally> start() {
        int lanes = openLanes.get();
        for (int lane = 0; lane < lanes; lane++) {
            checkers.execute(this::readNext);
        }
        return end;
    }

    long done() {
        return tally.reads();
    }

    private void readNext() {
        ChunkKey key = order.next();
        if (key == null) {
            if (openLanes.decrementAndGet() == 0) {
                end.complete(tally.tally(source.served().since(servedBefore)));
            }
            return;
        }
        long startNanos = System.nanoTime();
        CompletableFuture<ByteBuffer> read;
        try {
            read = source.get(key);
        } catch (RuntimeException e) {
            read = CompletableFuture.failedFuture(e);
        }
        var unused = read.whenComplete((chunk, error) -> {
            long nanos = System.nanoTime() - startNanos;
            checkers.execute(() -> {
                if (error != null) {
                    tally.failed(key, error);
                } else {
                    check(key, chunk, nanos);
                }
                readNext();
            });
        });
    }

    private void check(ChunkKey key, ByteBuffer chunk, long nanos) {
        if (ChunkKey.sha256Of(chunk).equals(key)) {
            tally.right(nanos);
        } else {
            tally.wrong(key);
        }
    }
}
