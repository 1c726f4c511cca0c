package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.ZoneView;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Observers that throw whatever there is to throw, or hand over what no header can carry. */
final class HostileObserversTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    /** As many reads as a cache may have under way, and some: each that keeps anything is noticed. */
    private static final int READS = 80;

    @TempDir
    static Path directory;

    private static TestZone zone;

    private final byte[] chunk = TestZone.chunk(1, 10_000);
    private final ChunkKey key = ChunkKey.sha256Of(chunk);

    @BeforeAll
    static void startZone() {
        zone = TestZone.start(directory, 3, "2-of-3");
    }

    @AfterAll
    static void stopZone() {
        zone.close();
    }

    static Stream<Supplier<Throwable>> thrown() {
        return Stream.of(
                () -> new IllegalStateException("broken"),
                () -> new NoClassDefFoundError("missing"),
                StackOverflowError::new,
                () -> new OutOfMemoryError("pretended"),
                () -> new AssertionError("assumed"));
    }

    @SuppressWarnings("unchecked")
    private static <T extends Throwable> RuntimeException sneak(Throwable failure) throws T {
        throw (T) failure;
    }

    /** Throws from every method. */
    private record Thrower(Supplier<Throwable> failure) implements ZoneCacheListener, ReadTracer, ReadTracer.Span {

        @Override
        public void readEnded(ChunkKey read, ReadOutcome outcome, long nanos, @Nullable CacheException cause) {
            throw sneak(failure.get());
        }

        @Override
        public void viewChanged(ZoneView view) {
            throw sneak(failure.get());
        }

        @Override
        public Span begin(ChunkKey read) {
            throw sneak(failure.get());
        }

        @Override
        public String traceparent() {
            throw sneak(failure.get());
        }

        @Override
        public void end(ReadOutcome outcome) {
            throw sneak(failure.get());
        }
    }

    /** Throws when a timer is used, or when anything is registered. */
    private static final class ThrowingRegistry extends SimpleMeterRegistry {
        private final Supplier<Throwable> failure;
        private final boolean fromTheStart;

        ThrowingRegistry(Supplier<Throwable> failure, boolean fromTheStart) {
            this.failure = failure;
            this.fromTheStart = fromTheStart;
        }

        @Override
        protected Timer newTimer(Meter.Id id, DistributionStatisticConfig histogram, PauseDetector pauseDetector) {
            if (fromTheStart) {
                throw sneak(failure.get());
            }
            Timer real = super.newTimer(id, histogram, pauseDetector);
            return new io.micrometer.core.instrument.noop.NoopTimer(real.getId()) {
                @Override
                public void record(long amount, TimeUnit unit) {
                    throw sneak(failure.get());
                }
            };
        }

        @Override
        protected <T> FunctionCounter newFunctionCounter(
                Meter.Id id, T source, java.util.function.ToDoubleFunction<T> value) {
            if (fromTheStart) {
                throw sneak(failure.get());
            }
            return super.newFunctionCounter(id, source, value);
        }
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void shouldServeReadsWhateverAListenerThrows(Supplier<Throwable> failure) {
        assertServes(builder().listener(new Thrower(failure)));
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void shouldServeReadsWhateverATracerThrows(Supplier<Throwable> failure) {
        assertServes(builder().tracer(new Thrower(failure)));
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void shouldServeReadsWhateverASpanThrows(Supplier<Throwable> failure) {
        Thrower span = new Thrower(failure);
        assertServes(builder().tracer(read -> span));
    }

    @ParameterizedTest
    @MethodSource("thrown")
    void shouldServeReadsWhateverARegistryThrows(Supplier<Throwable> failure) {
        assertServes(builder().meterRegistry(new ThrowingRegistry(failure, false)));
        assertServes(builder().meterRegistry(new ThrowingRegistry(failure, true)));
    }

    @Test
    void shouldReadOnWithoutATraceparentThatIsNone() {
        for (String none : new String[] {
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nX: y", "\u00e4\u4e00", "", "00-1-2-3"
        }) {
            ReadTracer.Span span = new ReadTracer.Span() {
                @Override
                public String traceparent() {
                    return none;
                }

                @Override
                public void end(ReadOutcome outcome) {}
            };
            assertServes(builder().tracer(read -> span));
        }
    }

    private void assertServes(ZoneCache.Builder builder) {
        zone.fill(chunk);
        try (ZoneCache cache = builder.build()) {
            for (int round = 0; round < READS / 8; round++) {
                List<CompletableFuture<Chunk>> reads = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    reads.add(cache.get(key, LONG));
                    reads.add(cache.get(new ChunkKey(round, i, 0, 0), LONG));
                }
                for (int i = 0; i < reads.size(); i++) {
                    assertThat(reads.get(i).handle((read, failure) -> failure != null))
                            .succeedsWithin(LONG)
                            .isEqualTo(i % 2 == 1);
                }
            }
            assertThat(cache.get(key, LONG).join().toBytes()).isEqualTo(chunk);
            assertThat(cache.stats().reads().underWay()).isZero();
            await().atMost(LONG).until(() -> cache.stats().memory().inFlightBytes() == 0);
        }
    }

    private ZoneCache.Builder builder() {
        return ZoneCache.builder()
                .config(ClientConfig.builder()
                        .nodes(zone.addresses())
                        .maxReads(8)
                        .maxZoneReads(8)
                        .localCacheBytes(0)
                        .build());
    }
}
