package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a cache makes of the arguments that it is given, against a real zone. */
final class ReadArgumentsTest {

    private static final Duration FOR_EVER = Duration.ofSeconds(Long.MAX_VALUE);

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

    /** Three reads at once, so that each one that takes a slot and keeps it is noticed. */
    private static ZoneCache cache() {
        return ZoneCache.builder()
                .config(ClientConfig.builder()
                        .nodes(zone.addresses())
                        .maxReads(3)
                        .maxZoneReads(3)
                        .localCacheBytes(0)
                        .build())
                .build();
    }

    @Test
    void shouldTakeAnyDurationForADeadline() throws Exception {
        zone.fill(chunk);
        try (ZoneCache cache = cache()) {
            for (int i = 0; i < 5; i++) {
                assertThat(cache.get(key, FOR_EVER).join().toBytes()).isEqualTo(chunk);
                assertThat(cache.read(key, FOR_EVER).toBytes()).isEqualTo(chunk);
            }
            assertThat(cache.stats().reads().inFlight()).isZero();
        }
    }

    @Test
    @SuppressWarnings("NullAway") // what callers without its checks may do
    void shouldRefuseWhatIsMissingBeforeItTakesAnything() {
        zone.fill(chunk);
        try (ZoneCache cache = cache()) {
            for (int i = 0; i < 5; i++) {
                assertRefused("key", () -> cache.get((ChunkKey) null));
                assertRefused("range", () -> cache.get((io.zonecache.client.origin.ObjectRange) null));
                assertRefused("timeout", () -> cache.get(key, null));
                assertRefused("key", () -> cache.read((ChunkKey) null));
                assertRefused("timeout", () -> cache.read(key, (Duration) null));
                assertRefused("target", () -> cache.read(key, (java.nio.ByteBuffer) null));
                assertRefused("key", () -> cache.prime(null, chunk));
                assertRefused("chunk", () -> cache.prime(key, (byte[]) null));
                assertRefused("uri", () -> cache.stat(null));
            }
            assertThat(cache.stats().reads().inFlight()).isZero();
            assertThat(cache.get(key).join().toBytes()).isEqualTo(chunk);
        }
    }

    @Test
    void shouldHaveNoTimeForAReadWithoutAny() {
        zone.fill(chunk);
        try (ZoneCache cache = cache()) {
            for (Duration none : List.of(Duration.ZERO, Duration.ofNanos(-1), Duration.ofSeconds(Long.MIN_VALUE))) {
                assertThatThrownBy(() -> cache.get(key, none).join())
                        .isInstanceOf(CompletionException.class)
                        .cause()
                        .isInstanceOfSatisfying(
                                CacheException.class,
                                e -> assertThat(e.code()).isEqualTo(CacheErrorCode.DEADLINE_EXCEEDED));
            }
            assertThat(cache.stats().reads().inFlight()).isZero();
            assertThat(cache.stats().zone().stripeRequests()).isZero();
        }
    }

    private static void assertRefused(String argument, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(argument);
    }
}
