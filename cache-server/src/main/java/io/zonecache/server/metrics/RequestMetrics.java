package io.zonecache.server.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Requests to the data plane by operation and outcome. Meters are looked up without allocation; thread-safe. */
public final class RequestMetrics {

    /** From a hot GET to the longest lease wait. */
    private static final Duration SHORTEST = Duration.ofNanos(20_000);

    private static final Duration LONGEST = Duration.ofSeconds(5);

    private final MeterRegistry registry;
    private final Map<Operation, Map<String, Timer>> timers = new EnumMap<>(Operation.class);
    private final Timer loopLag;
    private final Counter bytesRead;
    private final Counter bytesWritten;

    public RequestMetrics(MeterRegistry registry) {
        this.registry = registry;
        for (Operation operation : Operation.values()) {
            timers.put(operation, new ConcurrentHashMap<>());
        }
        this.loopLag = Timer.builder("zonecache.event.loop.lag")
                .description("How late event loops run their timers")
                .publishPercentileHistogram()
                .minimumExpectedValue(Duration.ofMillis(1))
                .maximumExpectedValue(LONGEST)
                .register(registry);
        this.bytesRead = Counter.builder("zonecache.received")
                .description("Bytes of records received")
                .baseUnit("bytes")
                .register(registry);
        this.bytesWritten = Counter.builder("zonecache.sent")
                .description("Bytes of records sent")
                .baseUnit("bytes")
                .register(registry);
    }

    public void count(Operation operation, String outcome, long nanos) {
        Map<String, Timer> byOutcome = timers.get(operation);
        if (byOutcome == null) {
            throw new IllegalStateException("operation without timers: " + operation);
        }
        Timer timer = byOutcome.get(outcome);
        if (timer == null) {
            timer = byOutcome.computeIfAbsent(outcome, absent -> newTimer(operation, absent));
        }
        timer.record(nanos, TimeUnit.NANOSECONDS);
    }

    /** How late an event loop was for a timer. */
    public void countLoopLag(long nanos) {
        loopLag.record(nanos, TimeUnit.NANOSECONDS);
    }

    public void countReceived(long bytes) {
        bytesRead.increment((double) bytes);
    }

    public void countSent(long bytes) {
        bytesWritten.increment((double) bytes);
    }

    private Timer newTimer(Operation operation, String outcome) {
        return Timer.builder("zonecache.requests")
                .description("Requests to the data plane, from the request's head to the answer's last byte")
                .tag("operation", operation.label())
                .tag("outcome", outcome)
                .publishPercentileHistogram()
                .minimumExpectedValue(SHORTEST)
                .maximumExpectedValue(LONGEST)
                .register(registry);
    }
}
