package io.zonecache.client.internal.observe;

import io.micrometer.core.instrument.Timer;
import io.zonecache.client.ReadOutcome;
import io.zonecache.client.internal.MeterGroup;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** One timer for each way in which a read ends. */
final class ReadTimers {

    private final Map<ReadOutcome, Timer> timers = new EnumMap<>(ReadOutcome.class);

    ReadTimers(MeterGroup meters) {
        for (ReadOutcome outcome : ReadOutcome.values()) {
            String tag = outcome.name().toLowerCase(Locale.ROOT);
            timers.put(outcome, meters.timer("reads", "Duration of reads, by outcome", "outcome", tag));
        }
    }

    void record(ReadOutcome outcome, long nanos) {
        Objects.requireNonNull(timers.get(outcome)).record(nanos, TimeUnit.NANOSECONDS);
    }
}
