package io.zonecache.client;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** One timer for each way in which a read ends. */
final class ReadTimers {

    private final Map<ReadOutcome, Timer> timers = new EnumMap<>(ReadOutcome.class);

    ReadTimers(MeterRegistry registry) {
        for (ReadOutcome outcome : ReadOutcome.values()) {
            timers.put(
                    outcome,
                    Timer.builder("zonecache.client.reads")
                            .description("Reads, by where they ended")
                            .tag("outcome", outcome.tag())
                            .register(registry));
        }
    }

    void record(ReadOutcome outcome, long nanos) {
        Objects.requireNonNull(timers.get(outcome)).record(nanos, TimeUnit.NANOSECONDS);
    }
}
