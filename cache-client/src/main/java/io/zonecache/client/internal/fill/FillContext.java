package io.zonecache.client.internal.fill;

import io.zonecache.client.FillConfig;
import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.client.internal.read.ZoneReader;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.transport.StripeTransport;
import io.zonecache.client.origin.Origin;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What all fills of one client share. */
final class FillContext {

    private static final double RETRY_FLOOR_PER_SECOND = 1;
    private static final double MAX_RETRIES_SAVED = 10;

    final FillConfig config;
    final ZoneReader reader;
    final StripeTransport transport;
    final ZoneKnowledge zone;
    final @Nullable Origin origin;
    final ClientTimer timer;
    final RandomGenerator random;

    final FillCounters counters = new FillCounters();
    final Activity activity = new Activity();
    final WaiterLimit room;
    final OriginLimit limit;
    final FillMemoryQueue memory;
    final ReserveLimit reserve;
    final EarnedBudget retries;
    final NegativeCache absent;
    final OriginFetcher fetcher;
    final StripeWriter writer;

    private volatile boolean closed;

    FillContext(
            FillConfig config,
            ZoneReader reader,
            StripeTransport transport,
            ZoneKnowledge zone,
            @Nullable Origin origin,
            MemoryBudget.Share memory,
            ClientTimer timer,
            RandomGenerator random) {
        this.config = config;
        this.reader = reader;
        this.transport = transport;
        this.zone = zone;
        this.origin = origin;
        this.timer = timer;
        this.random = random;
        this.room = new WaiterLimit(config.queueLength());
        this.limit = new OriginLimit(config, room, timer, random);
        this.memory = new FillMemoryQueue(memory, timer);
        this.reserve = new ReserveLimit(room, timer, random);
        this.retries =
                new EarnedBudget(config.retryRatio(), RETRY_FLOOR_PER_SECOND, MAX_RETRIES_SAVED, timer::nanoTime);
        this.absent = new NegativeCache(config.absentMillis(), timer::nanoTime, random);
        this.fetcher = new OriginFetcher(config, timer, random, limit, this.memory, retries, counters);
        this.writer = new StripeWriter(config, transport, timer, random);
    }

    long nanoTime() {
        return timer.nanoTime();
    }

    boolean isClosed() {
        return closed;
    }

    void close() {
        closed = true;
        limit.close();
        reserve.close();
        fetcher.close();
        memory.close();
        writer.close();
    }

    static long nanos(long millis) {
        return TimeUnit.MILLISECONDS.toNanos(millis);
    }

    static long millis(long nanos) {
        return TimeUnit.NANOSECONDS.toMillis(nanos);
    }
}
