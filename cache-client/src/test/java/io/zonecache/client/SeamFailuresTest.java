package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.zonecache.client.SeamFault.Kind;
import io.zonecache.client.SeamFault.Thrown;
import io.zonecache.client.internal.transport.FakeNode.Mode;
import io.zonecache.client.internal.transport.LeaseReply;
import io.zonecache.client.internal.transport.LeaseRequest;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyKind;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.model.PurgePage;
import io.zonecache.model.ZoneNode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * Everything that a cache calls throws, one call at a time, while the cache is used in every way: every future ends, nothing stays taken, and
 * then everything works.
 */
@Tag("nightly")
final class SeamFailuresTest {

    private static final long SEED = Long.getLong("zonecache.test.seamSeed", 1);

    /** Calls of one seam that fail in turn: the first ones, and others at equal distances. */
    private static final int FIRST_CALLS = 3;

    private static final int MAX_CALLS = Integer.getInteger("zonecache.test.seamCalls", 10);

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private static final Logger CLIENT_LOG = (Logger) LoggerFactory.getLogger(SeamFailuresTest.class.getPackageName());

    @BeforeAll
    static void logNothing() {
        CLIENT_LOG.setLevel(Level.OFF);
    }

    @AfterAll
    static void logAgain() {
        CLIENT_LOG.setLevel(null);
    }

    static Stream<Kind> kinds() {
        String only = System.getProperty("zonecache.test.seam");
        return Kind.all().filter(kind -> only == null || kind.seam().name().equals(only));
    }

    @ParameterizedTest
    @EnumSource(names = {"SHA256", "OPAQUE"})
    void shouldUseTheCacheInEveryWayThatMayThrow(KeyScheme scheme) {
        Trial trial =
                new Trial(scheme, new SeamFault(new Kind(Seam.TRACER, Thrown.EXCEPTION, false), 0), scheme.name());
        trial.run();
        assertThat(trial.statsWhenUsed)
                .extracting(
                        stats -> stats.reads().fromLocal(),
                        stats -> stats.reads().cancelled(),
                        stats -> stats.zone().reconstructed(),
                        stats -> stats.zone().corruptStripes(),
                        stats -> stats.zone().retries(),
                        stats -> stats.origin().uncoordinated(),
                        stats -> stats.leases().granted(),
                        stats -> stats.leases().filledByOthers(),
                        stats -> stats.writes().repairs(),
                        stats -> stats.writes().completedChunks())
                .as("%s", trial.statsWhenUsed)
                .allMatch(count -> (long) count > 0);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("kinds")
    void shouldHoldNothingAndReadOnWhateverThrows(Kind kind) {
        for (KeyScheme scheme : new KeyScheme[] {KeyScheme.SHA256, KeyScheme.OPAQUE}) {
            SeamFault none = new SeamFault(kind, 0);
            new Trial(scheme, none, "nothing thrown, " + scheme).run();
            int calls = none.calls(kind.seam());
            assertThat(calls).as("calls of %s", kind.seam()).isPositive();
            for (int i = 1; i <= Math.min(calls, MAX_CALLS); i++) {
                int call = i <= FIRST_CALLS || calls <= MAX_CALLS
                        ? i
                        : FIRST_CALLS + (i - FIRST_CALLS) * (calls - FIRST_CALLS) / (MAX_CALLS - FIRST_CALLS);
                SeamFault fault = new SeamFault(kind, call);
                new Trial(scheme, fault, kind + " at call " + call + ", " + scheme + ", seed " + SEED).run();
                assertThat(fault.hasThrown())
                        .as("%s at call %s of %s", kind, call, calls)
                        .isTrue();
            }
        }
    }

    /** One cache, one failure. */
    @SuppressWarnings("FutureReturnValueIgnored") // The trial keeps them all, and looks at them at its end.
    private static final class Trial {

        private final String name;
        private final SeamFault fault;
        private final KeyScheme scheme;
        private final SimulatedCache all;
        private final List<CompletableFuture<?>> futures = new ArrayList<>();
        private int ranges;
        private @Nullable ZoneCacheStats statsWhenUsed;

        Trial(KeyScheme scheme, SeamFault fault, String name) {
            this.scheme = scheme;
            this.fault = fault;
            this.name = name;
            this.all = newCache();
        }

        private SimulatedCache newCache() {
            try {
                return new SimulatedCache(scheme, fault, SEED);
            } catch (RuntimeException | Error e) {
                throw new AssertionError(name, e);
            }
        }

        /** JUnit ends at what looks as if there were no memory left. */
        void run() {
            try {
                useAndCheck();
            } catch (OutOfMemoryError e) {
                throw new AssertionError(name, e);
            }
        }

        private void useAndCheck() {
            all.advance(Duration.ofSeconds(10));
            readWhatTheZoneHolds();
            fill();
            fillIncompletely();
            searchForCorruptStripes();
            waitForTheLeaseOfAnother();
            followPurgesAndViews();
            readWhileNodesAreBusyOrAway();
            readFromTheOriginAlone();
            all.advance(Duration.ofMinutes(1));
            assertThat(futures).as(name).allMatch(CompletableFuture::isDone);
            statsWhenUsed = all.cache.stats();
            fault.end();
            all.advance(Duration.ofMinutes(12));
            assertNothingHeld();
            readEverything();
            assertNothingHeld();
            all.cache.close();
            assertThat(all.transport.isClosed).as(name).isTrue();
            assertThat(all.timer.unexpected).as(name).isEmpty();
        }

        private CompletableFuture<Chunk> get(ChunkKey key) {
            CompletableFuture<Chunk> read = all.cache.get(key, TIMEOUT);
            futures.add(read);
            return read;
        }

        private CompletableFuture<Chunk> getRange() {
            ObjectRange range =
                    new ObjectRange("s3://bucket/object", "\"1\"", 100_000L * ranges++, SimulatedCache.CHUNK_BYTES);
            all.origin.add(range.key(), all.newChunk());
            CompletableFuture<Chunk> read = all.cache.get(range, TIMEOUT);
            futures.add(read);
            return read;
        }

        private void readWhatTheZoneHolds() {
            ChunkKey one = all.addToZone();
            ChunkKey two = all.addToZone();
            get(one);
            get(one);
            get(two);
            get(two).cancel(false);
            all.advance(Duration.ofMillis(100));
            get(one);
            ChunkKey abandoned = all.addToZone();
            get(abandoned).cancel(false);
            ChunkKey lacking = all.addToZone();
            all.node(lacking, 0).drop(lacking);
            get(lacking);
            all.advance(Duration.ofSeconds(1));
        }

        private void fill() {
            ChunkKey missing = all.addToOrigin();
            get(missing);
            get(missing);
            getRange();
            for (int i = 0; i < 6; i++) {
                get(all.addToOrigin());
            }
            ChunkKey absent = new ChunkKey(1, 2, 3, 4);
            get(absent);
            CompletableFuture<Chunk> abandoned = get(all.addToOrigin());
            all.advance(Duration.ofMillis(5));
            abandoned.cancel(false);
            prime();
            all.advance(Duration.ofSeconds(2));
            get(absent);
        }

        private CompletableFuture<PrimeResult> prime() {
            byte[] chunk = all.newChunk();
            CompletableFuture<PrimeResult> primed = all.cache.prime(ChunkKey.sha256Of(chunk), ByteBuffer.wrap(chunk));
            futures.add(primed);
            return primed;
        }

        /** Two stripes are stored only after the write-back has given them up. */
        private void fillIncompletely() {
            all.transport.writesRefused = 9;
            get(all.addToOrigin());
            all.advance(Duration.ofSeconds(90));
            all.transport.writesRefused = 0;
        }

        private void searchForCorruptStripes() {
            get(all.addCorrupt());
            get(all.addCorrupt());
            all.advance(Duration.ofSeconds(2));
        }

        private void waitForTheLeaseOfAnother() {
            for (LeaseOutcome outcome : new LeaseOutcome[] {LeaseOutcome.FAILED, LeaseOutcome.FILLED}) {
                byte[] chunk = all.newChunk();
                ChunkKey key = ChunkKey.sha256Of(chunk);
                all.origin.add(key, chunk);
                ZoneNode coordinator = all.placement(key).get(0);
                LeaseReply[] lease = new LeaseReply[1];
                all.transport
                        .leases(coordinator)
                        .acquire(key, "other", new LeaseRequest(KeyKind.PLAIN, 0, false, 1), reply -> lease[0] = reply);
                get(key);
                all.advance(Duration.ofMillis(300));
                if (outcome == LeaseOutcome.FILLED) {
                    all.hold(key, chunk);
                }
                all.transport.leases(coordinator).end(key, ((LeaseReply.Granted) lease[0]).lease(), outcome);
                all.advance(Duration.ofSeconds(3));
            }
            all.transport.notCoordinatorUntilNanos = all.time.nanoTime() + 200_000_000L;
            get(all.addToOrigin());
            all.advance(Duration.ofSeconds(3));
        }

        private void followPurgesAndViews() {
            ChunkKey key = all.addToZone();
            get(key);
            all.advance(Duration.ofMillis(100));
            purge("1-a", key);
            purge("2-b", key);
            long epoch = all.showNextView().epoch();
            all.nodes().values().forEach(node -> node.epoch = epoch);
            get(all.addToZone());
            all.advance(Duration.ofSeconds(40));
        }

        private void purge(String token, ChunkKey key) {
            String address = all.placement(key).get(0).address();
            all.transport.nodes.purgePages.put(
                    address, new ArrayDeque<>(List.of(new PurgePage(token, true, false, List.of(key)))));
            all.transport.nodes.announcePurges(address, token);
            all.advance(Duration.ofSeconds(2));
        }

        private void readWhileNodesAreBusyOrAway() {
            ChunkKey key = all.addToZone();
            all.node(key, 0).mode = Mode.SILENT;
            all.node(key, 1).mode = Mode.REFUSING;
            get(key);
            all.advance(Duration.ofSeconds(1));
            get(all.addToOrigin());
            get(all.addToZone());
            all.advance(Duration.ofSeconds(8));
            all.setAll(Mode.BUSY);
            get(all.addToZone());
            get(all.addToOrigin());
            all.advance(Duration.ofSeconds(6));
            all.setAll(Mode.SERVING);
            all.advance(Duration.ofSeconds(6));
        }

        /** More reads than the reserve has permits for this client, and nodes that are back while some wait. */
        private void readFromTheOriginAlone() {
            for (Mode mode : new Mode[] {Mode.REFUSING, Mode.SILENT}) {
                all.setAll(mode);
                getRange();
                for (int i = 0; i < 4; i++) {
                    get(all.addToOrigin());
                }
                all.advance(Duration.ofSeconds(3));
                get(all.addToOrigin());
                get(all.addToZone());
                all.advance(Duration.ofSeconds(1));
                all.setAll(Mode.SERVING);
                all.advance(Duration.ofSeconds(20));
            }
        }

        private void assertNothingHeld() {
            assertThat(all.held()).as(name).isEmpty();
        }

        private void readEverything() {
            all.setAll(Mode.SERVING);
            for (int i = 0; i < 3; i++) {
                // One of them may find out that the nodes are back.
                get(all.addToZone());
                all.advance(Duration.ofSeconds(2));
            }
            ChunkKey filled = all.addToOrigin();
            List<CompletableFuture<?>> reads =
                    List.of(get(all.addToZone()), get(filled), get(filled), getRange(), get(all.addCorrupt()), prime());
            all.advance(Duration.ofSeconds(10));
            assertThat(reads).as(name).allSatisfy(read -> assertThat(read).isCompleted());
            ZoneCacheStats before = all.cache.stats();
            CompletableFuture<Chunk> again = get(filled);
            all.advance(Duration.ofSeconds(1));
            assertThat(again).as(name).isCompleted();
            assertThat(all.cache.stats().origin().fetches())
                    .as(name)
                    .isEqualTo(before.origin().fetches());
            long epoch = all.showNextView().epoch();
            all.advance(Duration.ofSeconds(45));
            assertThat(all.cache.view())
                    .as(name)
                    .hasValueSatisfying(view -> assertThat(view.epoch()).isEqualTo(epoch));
            all.advance(Duration.ofMinutes(1));
        }
    }
}
