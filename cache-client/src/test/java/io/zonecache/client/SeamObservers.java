package io.zonecache.client;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.noop.NoopTimer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneView;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/** A listener, a tracer and a registry that throw as a {@link SeamFault} says. */
record SeamObservers(SeamFault fault) implements ZoneCacheListener, ReadTracer {

    @Override
    public void readEnded(ChunkKey key, ReadOutcome outcome, long nanos, @Nullable CacheException failure) {
        fault.check(Seam.LISTENER);
    }

    @Override
    public void nodeSkipped(ZoneNode node, String reason) {
        fault.check(Seam.LISTENER);
    }

    @Override
    public void nodeRestored(ZoneNode node) {
        fault.check(Seam.LISTENER);
    }

    @Override
    public void viewChanged(ZoneView view) {
        fault.check(Seam.LISTENER);
    }

    @Override
    public Span begin(ChunkKey key) {
        fault.check(Seam.TRACER);
        return new Span() {
            @Override
            public @Nullable String traceparent() {
                fault.check(Seam.TRACEPARENT);
                return "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
            }

            @Override
            public void end(ReadOutcome outcome) {
                fault.check(Seam.SPAN_END);
            }
        };
    }

    Registry registry() {
        return new Registry(fault);
    }

    static final class Registry extends SimpleMeterRegistry {

        private final SeamFault fault;

        Registry(SeamFault fault) {
            this.fault = fault;
        }

        @Override
        protected Timer newTimer(Meter.Id id, DistributionStatisticConfig histogram, PauseDetector pauseDetector) {
            fault.check(Seam.METER_REGISTERED);
            return new NoopTimer(id) {
                @Override
                public void record(long amount, TimeUnit unit) {
                    fault.check(Seam.METER_USED);
                }
            };
        }

        @Override
        protected <T> FunctionCounter newFunctionCounter(Meter.Id id, T source, ToDoubleFunction<T> value) {
            fault.check(Seam.METER_REGISTERED);
            return super.newFunctionCounter(id, source, value);
        }

        @Override
        protected <T> Gauge newGauge(Meter.Id id, @Nullable T source, ToDoubleFunction<T> value) {
            fault.check(Seam.METER_REGISTERED);
            return super.newGauge(id, source, value);
        }
    }
}
