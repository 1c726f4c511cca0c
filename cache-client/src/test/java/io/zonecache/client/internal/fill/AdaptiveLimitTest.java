package io.zonecache.client.internal.fill;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.FillConfig;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The adaptive limit against an origin whose speed many fetches share, in virtual time. */
final class AdaptiveLimitTest {

    private static final int READS = 1_500;
    private static final int MOST = 32;

    private static SimZone zone(long seed) {
        SimZone zone = new SimZone(seed, 6, 260, 4);
        zone.origin.maxMillis = 1_900;
        return zone;
    }

    private static SimClient readAll(SimZone zone, boolean adaptive) {
        FillConfig config = FillConfig.builder()
                .originLimit(MOST)
                .adaptiveLimit(adaptive)
                .queueLength(10_000)
                .build();
        SimClient client = zone.client("c", config);
        List<CompletableFuture<FilledChunk>> gets = new ArrayList<>();
        for (int i = 0; i < READS; i++) {
            ChunkKey key = zone.origin.add(10);
            gets.add(client.get(key, 600_000));
        }
        zone.timer.runAll();
        gets.forEach(get -> assertThat(get)
                .isCompletedWithValueMatching(chunk -> chunk.chunk().remaining() == 10));
        return client;
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    void shouldReachItsBoundWhereTheOriginIsNotSlowedByIt(long seed) {
        SimZone zone = zone(seed);
        SimClient client = readAll(zone, true);
        assertThat(zone.origin.peak).as("peak, seed %d", seed).isEqualTo(MOST);
        assertThat(client.filler.stats().origin().permits())
                .as("limit, seed %d", seed)
                .isBetween(MOST / 2, MOST);
    }

    @ParameterizedTest(name = "seed {0}, {1} at full speed")
    @CsvSource({"1, 4", "3, 8"})
    void shouldAskForLessThanTheFixedLimitWhereTheOriginSlowsDown(long seed, int servers) {
        SimZone fixed = zone(seed);
        fixed.origin.servers = servers;
        readAll(fixed, false);
        SimZone adaptive = zone(seed);
        adaptive.origin.servers = servers;
        readAll(adaptive, true);
        assertThat(adaptive.origin.meanInFlight())
                .as("mean in flight, seed %d, fixed %.1f", seed, fixed.origin.meanInFlight())
                .isLessThan(0.7 * fixed.origin.meanInFlight());
    }

    @Test
    void shouldNotTakeErrorsThatComeAtOnceForAFastOrigin() {
        FillConfig config =
                FillConfig.builder().originLimit(MOST).adaptiveLimit(true).build();
        SimZone zone = zone(4);
        SimClient client = zone.client("c", config);
        zone.origin.medianMillis = 1;
        zone.origin.fault = bytes -> {
            throw new CacheException(CacheErrorCode.ORIGIN_FAILED, "500");
        };
        for (int i = 0; i < 200; i++) {
            CompletableFuture<FilledChunk> get = client.get(zone.origin.add(10), 1_000);
            zone.timer.advanceMillis(20);
            assertThat(get).isNotNull();
        }
        assertThat(client.filler.stats().origin().permits()).isEqualTo(4);
    }
}
