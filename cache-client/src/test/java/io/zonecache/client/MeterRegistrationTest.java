package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Caches that share a registry; there is no zone. */
final class MeterRegistrationTest {

    private static final String READS = "zonecache.client.reads.in.flight";

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void shouldRemoveItsMetersWhenItCloses() {
        ZoneCache cache = builder().build();
        assertThat(registry.getMeters()).hasSizeGreaterThan(30);
        cache.close();
        assertThat(registry.getMeters()).isEmpty();
        cache.close();
        try (ZoneCache second = builder().build()) {
            assertThat(names()).containsExactly("default");
            assertThat(second.stats().reads().inFlight()).isZero();
        }
    }

    @Test
    void shouldTellCachesOfOneRegistryApart() {
        ZoneCache first = builder().build();
        try (ZoneCache second = builder().build();
                ZoneCache third = builder().name("models").build();
                ZoneCache fourth = builder().build()) {
            assertThat(names()).containsExactly("default", "default-2", "default-3", "models");
            first.close();
            assertThat(names()).containsExactly("default-2", "default-3", "models");
            var waiting = second.get(new io.zonecache.model.ChunkKey(1, 2, 3, 4));
            assertThat(inFlight("default-2")).isEqualTo(1);
            assertThat(inFlight("models")).isZero();
            waiting.cancel(false);
            assertThat(third.stats().reads().inFlight() + fourth.stats().reads().inFlight())
                    .isZero();
            try (ZoneCache fifth = builder().build()) {
                assertThat(fifth.stats().reads().inFlight()).isZero();
                assertThat(names()).containsExactly("default", "default-2", "default-3", "models");
            }
        }
        assertThat(registry.getMeters()).isEmpty();
    }

    @Test
    @SuppressWarnings("NullAway") // what callers without its checks may do
    void shouldWantAName() {
        assertThatThrownBy(() -> builder().name("")).hasMessage("name: empty (expected: a name)");
        assertThatThrownBy(() -> builder().name(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessage("name");
    }

    private Set<String> names() {
        Set<String> names = new TreeSet<>();
        registry.getMeters()
                .forEach(meter -> names.add(String.valueOf(meter.getId().getTag("cache"))));
        return names;
    }

    private double inFlight(String cache) {
        return registry.get(READS).tag("cache", cache).gauge().value();
    }

    private ZoneCache.Builder builder() {
        return ZoneCache.builder()
                .config(ClientConfig.builder().nodes(List.of("127.0.0.1:1")).build())
                .meterRegistry(registry);
    }
}
