package io.zonecache.chaos.zone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class NodeMetricsTest {

    private final NodeMetrics metrics = new NodeMetrics("""
            # HELP zonecache_leases_running Fill leases running
            # TYPE zonecache_leases_running gauge
            zonecache_leases_running 2.0
            zonecache_memory_bytes{part="hot"} 9.5731392E7
            """);

    @Test
    void shouldReadWhatANodeTells() {
        assertThat(metrics.value("zonecache_leases_running")).isEqualTo(2);
        assertThat(metrics.count("zonecache_memory_bytes{part=\"hot\"}")).isEqualTo(95_731_392);
    }

    @Test
    void shouldNotTakeAMisspeltMetricForZero() {
        assertThatThrownBy(() -> metrics.value("zonecache_leases")).hasMessageContaining("zonecache_leases");
    }
}
