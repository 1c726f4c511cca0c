package io.zonecache.client.internal.fill;

import io.zonecache.client.FillConfig;
import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.lease.Activity;
import io.zonecache.client.internal.lease.FillLease;
import io.zonecache.client.internal.limit.FetchTimes;
import io.zonecache.client.internal.limit.FillMemoryQueue;
import io.zonecache.client.internal.limit.OriginLimit;
import io.zonecache.client.internal.limit.ReserveLimit;
import io.zonecache.client.internal.limit.WaiterLimit;
import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.read.ZoneReader;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.time.Pauses;
import io.zonecache.client.internal.transport.StripeTransport;
import io.zonecache.client.internal.view.ZoneKnowledge;
import io.zonecache.client.internal.write.ChunkWriter;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginDeniedException;
import io.zonecache.model.CacheException;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.model.limit.TokenBucket;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What all fills of one client share. */
final class FillContext {

    /** Earned by time alone, so that a client without successes still retries now and then. */
    private static final double RETRIES_PER_SECOND = 1;

    private static final double MAX_RETRIES_SAVED = 10;

    /** Queued deadlines are rechecked, which scans all waiters, only if the estimate has grown by this factor. */
    private static final double RECHECK_FACTOR = 1.1;

    final FillConfig config;
    final ZoneAssumptions assumptions;
    final ZoneReader reader;
    final StripeTransport transport;
    final ZoneKnowledge zone;
    final @Nullable Origin origin;
    final ChunkCodec codec;
    final ClientTimer timer;
    final RandomGenerator random;

    final FillCounters counters = new FillCounters();
    final Activity activity = new Activity();
    final FillLease.EndSender leaseEndSender;
    final WaiterLimit waiters;
    final FetchTimes fetchTimes;
    final OriginLimit limit;
    final FillMemoryQueue memory;
    final ReserveLimit reserve;
    final ZoneWatch zoneWatch;
    final TokenBucket retries;
    final NegativeCache absent;
    final RememberedObjects objects;

    /** Chunks that were too large for the client's memory a moment ago. */
    final NegativeCache tooLarge;

    final ChunkWriter writer;

    private final Pauses leasePauses;

    FillContext(
            FillConfig config,
            ZoneAssumptions assumptions,
            ZoneReader reader,
            StripeTransport transport,
            ZoneKnowledge zone,
            @Nullable Origin origin,
            MemoryBudget.Share memory,
            ChunkCodec codec,
            ClientTimer timer,
            RandomGenerator random,
            Executor encoder) {
        this.config = config;
        this.assumptions = assumptions;
        this.reader = reader;
        this.transport = transport;
        this.zone = zone;
        this.origin = origin;
        this.codec = codec;
        this.timer = timer;
        this.random = random;
        this.leasePauses = new Pauses(timer);
        this.leaseEndSender = new FillLease.EndSender(transport, leasePauses, activity, config.nodeTimeoutMillis());
        this.waiters = new WaiterLimit(config.queueLength());
        this.fetchTimes = new FetchTimes(config.totalMillis(), timer);
        this.limit = new OriginLimit(config.originLimit(), config.adaptiveLimit(), waiters, timer, random);
        this.memory = new FillMemoryQueue(memory, timer);
        this.reserve = new ReserveLimit(waiters, timer, random);
        this.zoneWatch = new ZoneWatch(reader, zone, timer, random);
        this.retries = new TokenBucket(
                config.retryRatio(), RETRIES_PER_SECOND, MAX_RETRIES_SAVED, MAX_RETRIES_SAVED, timer::nanoTime);
        this.absent = new NegativeCache(config.absentMillis(), timer::nanoTime, random);
        this.objects = new RememberedObjects(config.statMillis(), timer::nanoTime);
        this.tooLarge = new NegativeCache(config.absentMillis(), timer::nanoTime, random);
        this.writer =
                new ChunkWriter(config, transport, reader, zone, this.memory, codec, timer, random, activity, encoder);
    }

    /** Records the duration of a fetch; waiters that can no longer finish in time then leave their queues. */
    void recordFetch(long nanos) {
        long before = fetchTimes.fetchNanos();
        fetchTimes.add(nanos);
        if (fetchTimes.fetchNanos() > before * RECHECK_FACTOR) {
            limit.deadlinesChanged();
            reserve.deadlinesChanged();
        }
    }

    /**
     * A read's fetch has failed; returns how its lease ends. What is no word of the origin, such as a lack of this client's memory, does not concern
     * other clients.
     */
    LeaseOutcome fetchFailed(ChunkRead read, CacheException failure) {
        return switch (failure.code()) {
            case ABSENT -> {
                absent.remember(read.name());
                yield LeaseOutcome.ABSENT;
            }
            case ORIGIN_FAILED -> failure instanceof OriginDeniedException ? LeaseOutcome.DENIED : LeaseOutcome.FAILED;
            case ORIGIN_LIMIT -> LeaseOutcome.FAILED;
            case TOO_LARGE -> {
                // Otherwise each read of this client would get a lease at once, and begin another fetch.
                tooLarge.remember(read.name());
                yield LeaseOutcome.UNUSED;
            }
            default -> LeaseOutcome.UNUSED;
        };
    }

    long nanoTime() {
        return timer.nanoTime();
    }

    void close() {
        limit.close();
        reserve.close();
        memory.close();
        writer.close();
        leasePauses.close();
    }
}
