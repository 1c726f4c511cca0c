package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Caches that share a registry; there is no zone, so that nothing is counted but reads that fail. */
final class MeterRegistrationTest {

    private static final String READS = "zonecache.client.reads.under.way";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void shouldTakeItsMetersAlongWhenItCloses() {
        ZoneCache cache = builder().build();
        assertThat(registry.getMeters()).hasSizeGreaterThan(30);
        cache.close();
        assertThat(registry.getMeters()).isEmpty();
        cache.close();
        try (ZoneCache second = builder().build()) {
            assertThat(registry.get(READS).tag("cache", "default").gauge().value())
                    .isZero();
            assertThat(second.stats().reads().underWay()).isZero();
        }
    }

    private ZoneCache.Builder builder() {
        return ZoneCache.builder()
                .config(ClientConfig.builder().nodes(List.of("127.0.0.1:1")).build())
                .meterRegistry(registry);
    }
}
