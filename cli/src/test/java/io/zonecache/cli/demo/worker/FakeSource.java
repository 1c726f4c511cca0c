package io.zonecache.cli.demo.worker;

import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** Answers when it is told, and knows how many were in flight. */
final class FakeSource implements ChunkSource {

    private final Function<ChunkKey, ByteBuffer> chunks;
    private final List<Runnable> waiting = new ArrayList<>();
    private boolean immediate;
    private int inFlight;
    private int peakInFlight;
    private long served;
    private int skipped;
    private boolean closed;

    FakeSource(Function<ChunkKey, ByteBuffer> chunks) {
        this.chunks = chunks;
    }

    synchronized FakeSource immediate() {
        immediate = true;
        return this;
    }

    synchronized FakeSource skippingNodes(int nodes) {
        skipped = nodes;
        return this;
    }

    @Override
    public CompletableFuture<ByteBuffer> get(ChunkKey key) {
        CompletableFuture<ByteBuffer> read = new CompletableFuture<>();
        Runnable answer = () -> {
            synchronized (this) {
                inFlight--;
                served++;
                skipped = Math.max(0, skipped - 1);
            }
            try {
                read.complete(chunks.apply(key));
            } catch (RuntimeException e) {
                read.completeExceptionally(e);
            }
        };
        synchronized (this) {
            inFlight++;
            peakInFlight = Math.max(peakInFlight, inFlight);
            if (!immediate) {
                waiting.add(answer);
                return read;
            }
        }
        answer.run();
        return read;
    }

    void answerAll() {
        List<Runnable> now;
        synchronized (this) {
            now = List.copyOf(waiting);
            waiting.clear();
        }
        now.forEach(Runnable::run);
    }

    synchronized int inFlight() {
        return inFlight;
    }

    synchronized int peakInFlight() {
        return peakInFlight;
    }

    synchronized boolean isClosed() {
        return closed;
    }

    @Override
    public synchronized Served served() {
        return new Served(0, served, 0);
    }

    @Override
    public synchronized int nodesSkipped() {
        return skipped;
    }

    @Override
    public CompletableFuture<Void> whenIdle() {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized void close() {
        closed = true;
    }
}
