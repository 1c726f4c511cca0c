package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneView;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Metrics, events and traces of a cache over real nodes. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ObserversTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final byte[] chunk = TestZone.chunk(1, 10_000);
    private final ChunkKey key = ChunkKey.sha256Of(chunk);
    private final ChunkKey missing = new ChunkKey(1, 2, 3, 4);
    private TestZone zone;

    @BeforeAll
    void startZone(@TempDir Path directory) {
        zone = TestZone.start(directory, 3, "2-of-3");
        zone.fill(chunk);
    }

    @AfterAll
    void stopZone() {
        zone.close();
    }

    /** Writes down what it hears, and throws if it is told to. */
    private static final class Notes implements ZoneCacheListener, ReadTracer, ReadTracer.Span {
        private final List<String> said = new CopyOnWriteArrayList<>();
        private boolean isBroken;

        private void say(String words) {
            said.add(words);
            if (isBroken) {
                throw new IllegalStateException("broken");
            }
        }

        @Override
        public void readEnded(ChunkKey read, ReadOutcome outcome, long nanos, @Nullable CacheException failure) {
            say(outcome + " " + (nanos > 0) + " " + (failure == null ? "" : failure.code()));
        }

        @Override
        public void nodeSkipped(ZoneNode node, String reason) {
            say("skipped " + node.id() + " " + reason);
        }

        @Override
        public void nodeRestored(ZoneNode node) {
            say("again " + node.id());
        }

        @Override
        public void viewChanged(ZoneView view) {
            say("view of " + view.nodes().size());
        }

        @Override
        public Span begin(ChunkKey read) {
            say("begin");
            return this;
        }

        @Override
        public String traceparent() {
            return "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        }

        @Override
        public void end(ReadOutcome outcome) {
            say("end " + outcome);
        }
    }

    @Test
    void shouldTellWhatHappensToAListenerAndATracer() {
        Notes events = new Notes();
        Notes trace = new Notes();
        try (ZoneCache cache = builder().listener(events).tracer(trace).build()) {
            assertThat(cache.get(key, LONG).join().toBytes()).isEqualTo(chunk);
            cache.get(key).join();
            assertThat(cache.get(missing)).failsWithin(LONG);
        }
        assertThat(events.said)
                .filteredOn(said -> !said.startsWith("skipped") && !said.startsWith("again")) // on a slow machine
                .containsExactly("view of 3", "ZONE true ", "LOCAL true ", "ABSENT true " + CacheErrorCode.NOT_FOUND);
        assertThat(trace.said).containsExactly("begin", "end ZONE", "begin", "end LOCAL", "begin", "end ABSENT");
    }

    @Test
    void shouldTellWhenANodeIsGoneAndWhenItIsBack(@TempDir Path directory) {
        Notes events = new Notes();
        try (TestZone own = TestZone.start(directory, 3, "2-of-3")) {
            own.fill(chunk);
            ZoneCache cache = ZoneCache.builder()
                    .config(ClientConfig.builder()
                            .nodes(own.addresses())
                            .localCacheBytes(0)
                            .build())
                    .listener(events)
                    .build();
            own.node(own.view().get(1)).close();
            await().atMost(LONG).until(() -> {
                cache.get(key, LONG).join();
                return events.said.contains("skipped n1 ERRORS");
            });
            cache.close();
        }
    }

    @Test
    void shouldNotBeHarmedByAListenerThatThrows() {
        Notes broken = new Notes();
        broken.isBroken = true;
        try (ZoneCache cache = builder().listener(broken).tracer(broken).build()) {
            assertThat(cache.get(key, LONG).join().toBytes()).isEqualTo(chunk);
            assertThat(cache.get(key).join().toBytes()).isEqualTo(chunk);
            assertThat(cache.stats().reads().fromZone()).isEqualTo(1);
        }
    }

    @Test
    void shouldRegisterItsMetersOnlyWhereItIsToldTo() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        try (ZoneCache cache = builder().meterRegistry(registry).build()) {
            cache.get(key, LONG).join();
            cache.get(key).join();
            assertThat(cache.get(missing)).failsWithin(LONG);
            assertThat(registry.get("zonecache.client.reads")
                            .tag("outcome", "zone")
                            .timer()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("zonecache.client.reads")
                            .tag("outcome", "local")
                            .timer()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("zonecache.client.reads")
                            .tag("outcome", "absent")
                            .timer()
                            .count())
                    .isEqualTo(1);
            assertThat(registry.get("zonecache.client.stripe.requests")
                            .functionCounter()
                            .count())
                    .isEqualTo(6);
            assertThat(registry.get("zonecache.client.local.bytes").gauge().value())
                    .isGreaterThan(10_000);
            assertThat(registry.get("zonecache.client.view.epoch").gauge().value())
                    .isGreaterThan(1_000);
        }
        try (ZoneCache silent = builder().build()) {
            silent.get(key, LONG).join();
        }
        assertThat(registry.getMeters()).as("gone with the cache").isEmpty();
    }

    @Test
    void shouldListEveryMeterInTheDocumentation() throws Exception {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        Set<String> rows = new TreeSet<>();
        try (ZoneCache cache = builder().meterRegistry(registry).build()) {
            StartLimit starts = new StartLimit(3);
            starts.bindTo(registry);
            assertThat(cache.stats().reads().inFlight()).isZero();
            assertThat(registry.get("zonecache.client.starts.limit").gauge().value())
                    .isEqualTo(starts.stats().limit());
            for (Meter meter : registry.getMeters()) {
                rows.add(
                        "| `" + meter.getId().getName() + "` | " + meter.getId().getDescription() + " |");
            }
        }
        Set<String> documented = new TreeSet<>();
        for (String line : Files.readAllLines(Path.of("../docs/operations.md"))) {
            if (line.startsWith("| `zonecache.client.")) {
                documented.add(line);
            }
        }
        assertThat(documented).isEqualTo(rows);
    }

    @Test
    void shouldCloseWithReadsUnderWayWithoutLeavingAnyOfThemOpen() {
        for (int round = 0; round < 5; round++) {
            Notes events = new Notes();
            ZoneCache cache = builder().listener(events).build();
            List<CompletableFuture<Chunk>> reads = new CopyOnWriteArrayList<>();
            for (int i = 0; i < 100; i++) {
                reads.add(cache.get(i % 2 == 0 ? key : new ChunkKey(i, 2, 3, 4), LONG));
            }
            cache.close();
            assertThat(reads).allSatisfy(read -> assertThat(read).isDone());
            assertThat(cache.stats().reads().inFlight()).isZero();
        }
    }

    private ZoneCache.Builder builder() {
        return ZoneCache.builder()
                .config(ClientConfig.builder()
                        .nodes(zone.addresses())
                        .readDeadline(LONG)
                        .build());
    }
}
