package io.zonecache.client.internal.write;

import io.zonecache.client.FillConfig;
import io.zonecache.client.internal.lease.Activity;
import io.zonecache.client.internal.limit.FillMemoryQueue;
import io.zonecache.client.internal.read.ZoneReader;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.transport.StripeTransport;
import io.zonecache.client.internal.view.ZoneKnowledge;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/** What all writes of one client share. */
final class WriteContext {

    final FillConfig config;
    final StripeTransport transport;
    final ZoneReader reader;
    final ZoneKnowledge zone;
    final FillMemoryQueue memory;
    final ClientTimer timer;
    final RandomGenerator random;
    final Activity activity;
    final Executor encoder;
    final StripeWriter writer;
    final WriteCounters counters = new WriteCounters();
    final NodeProbes probes;
    final ChunkCompleter completer;

    private volatile boolean closed;

    WriteContext(
            FillConfig config,
            StripeTransport transport,
            ZoneReader reader,
            ZoneKnowledge zone,
            FillMemoryQueue memory,
            ClientTimer timer,
            RandomGenerator random,
            Activity activity,
            Executor encoder) {
        this.config = config;
        this.transport = transport;
        this.reader = reader;
        this.zone = zone;
        this.memory = memory;
        this.timer = timer;
        this.random = random;
        this.activity = activity;
        this.encoder = encoder;
        this.writer = new StripeWriter(config, transport, timer, random);
        this.probes = new NodeProbes(zone);
        this.completer = new ChunkCompleter(this);
    }

    long nanoTime() {
        return timer.nanoTime();
    }

    boolean isClosed() {
        return closed;
    }

    void close() {
        closed = true;
        completer.close();
        writer.close();
    }
}
