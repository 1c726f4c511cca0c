package io.zonecache.client.internal.write;

import io.zonecache.client.FillConfig;
import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.lease.Activity;
import io.zonecache.client.internal.limit.FillMemoryQueue;
import io.zonecache.client.internal.read.ZoneReader;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.transport.StripeTransport;
import io.zonecache.client.internal.view.ZoneKnowledge;
import io.zonecache.client.internal.write.StripeWriter.WriteOptions;
import io.zonecache.model.Protocol;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** What all writes of one client share. */
final class WriteContext {

    /**
     * Time limit of one wait for memory or of one write. Longer than any lease: what still waits then has lost its place to another client's fill.
     */
    static final long MAX_WRITE_MILLIS = 30_000;

    final FillConfig config;
    final StripeTransport transport;
    final ZoneReader reader;
    final ZoneKnowledge zone;
    final FillMemoryQueue memory;
    final ChunkCodec codec;
    final ClientTimer timer;
    final RandomGenerator random;
    final Activity activity;
    final Executor encoder;
    final StripeWriter writer;
    final WriteCounters counters = new WriteCounters();
    final CompletionProbes probes;

    private volatile boolean isClosed;
    private volatile boolean isCompletionStopped;

    WriteContext(
            FillConfig config,
            StripeTransport transport,
            ZoneReader reader,
            ZoneKnowledge zone,
            FillMemoryQueue memory,
            ChunkCodec codec,
            ClientTimer timer,
            RandomGenerator random,
            Activity activity,
            Executor encoder) {
        this.config = config;
        this.transport = transport;
        this.reader = reader;
        this.zone = zone;
        this.memory = memory;
        this.codec = codec;
        this.timer = timer;
        this.random = random;
        this.activity = activity;
        this.encoder = encoder;
        this.writer = new StripeWriter(config, transport, zone, timer, random);
        this.probes = new CompletionProbes(zone);
    }

    long nanoTime() {
        return timer.nanoTime();
    }

    /** Options for writes that no caller waits for: one attempt, with the rank that nodes shed first. */
    WriteOptions inBackground() {
        long deadlineNanos = nanoTime() + TimeUnit.MILLISECONDS.toNanos(MAX_WRITE_MILLIS);
        return new WriteOptions(null, Protocol.LOWEST_PRIORITY_RANK, deadlineNanos, 1, Integer.MAX_VALUE);
    }

    boolean isClosed() {
        return isClosed;
    }

    /** Chunks with too few stripes are left as they are from now on. */
    void stopCompletion() {
        isCompletionStopped = true;
    }

    boolean isCompletionStopped() {
        return isCompletionStopped;
    }

    void close() {
        isClosed = true;
        writer.close();
    }
}
