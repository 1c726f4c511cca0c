package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.zonecache.client.StartLimit.Start;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class StartLimitTest {

    private long nowMillis;
    private final StartLimit starts = new StartLimit(2, () -> TimeUnit.MILLISECONDS.toNanos(nowMillis));

    @Test
    void shouldRefuseAtOnceBeyondTheLimitUntilOneEnds() {
        Start first = starts.begin("image a");
        nowMillis = 1_500;
        try (Start second = starts.begin("image b")) {
            assertThat(second).isNotNull();
            assertThatThrownBy(() -> starts.begin("image c")).isInstanceOfSatisfying(CacheException.class, refused -> {
                assertThat(refused.code()).isEqualTo(CacheErrorCode.BUSY);
                assertThat(refused.detail())
                        .isEqualTo("start of image c: 2 starts run (expected: fewer than 2);"
                                + " the oldest, image a, for 1500 ms");
            });
        }
        try (Start third = starts.begin("image c")) {
            assertThat(third).isNotNull();
            assertThat(starts.stats()).isEqualTo(new StartLimit.Stats(2, 2, 1_500, 3, 1));
        }
        first.close();
        assertThat(starts.stats()).isEqualTo(new StartLimit.Stats(2, 0, 0, 3, 1));
    }

    @Test
    void shouldEndAStartOnceHoweverOftenItIsClosed() {
        Start first = starts.begin("a");
        Start second = starts.begin("b");
        first.close();
        first.close();
        assertThat(starts.stats().running()).isEqualTo(1);
        second.close();
        assertThat(starts.stats().running()).isZero();
    }

    @Test
    void shouldNeverLetMoreRunWhateverThreadsDo() throws Exception {
        StartLimit shared = new StartLimit(3);
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(8);
        ExecutorService threads = Executors.newFixedThreadPool(8);
        for (int thread = 0; thread < 8; thread++) {
            threads.execute(() -> {
                for (int i = 0; i < 2_000; i++) {
                    try (Start start = shared.begin("job")) {
                        most.accumulateAndGet(running.incrementAndGet(), Math::max);
                        running.decrementAndGet();
                        assertThat(start).isNotNull();
                    } catch (CacheException e) {
                        refused.incrementAndGet();
                    }
                }
                done.countDown();
            });
        }
        assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
        threads.shutdownNow();
        assertThat(most.get()).isBetween(1, 3);
        assertThat(shared.stats().running()).isZero();
        assertThat(shared.stats().begun() + refused.get()).isEqualTo(16_000);
        assertThat(shared.stats().refused()).isEqualTo(refused.get());
    }

    @Test
    void shouldNameALimitOutOfRange() {
        for (int limit : new int[] {-1, 0, 1_000_001}) {
            assertThatThrownBy(() -> new StartLimit(limit))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("starts at once: " + limit + " (expected: 1..1000000)");
        }
    }

    @Test
    void shouldTellLimitsOfOneRegistryApartAndRemoveTheirMeters() {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        StartLimit other = new StartLimit(5);
        StartLimit.Meters first = starts.bindTo(registry);
        try (StartLimit.Meters second = other.bindTo(registry);
                StartLimit.Meters third = starts.bindTo(registry, "jobs")) {
            assertThat(limits(registry)).containsExactlyInAnyOrder("default 2.0", "default-2 5.0", "jobs 2.0");
            first.close();
            first.close();
            assertThat(limits(registry)).containsExactlyInAnyOrder("default-2 5.0", "jobs 2.0");
            try (StartLimit.Meters fourth = starts.bindTo(registry)) {
                assertThat(limits(registry)).contains("default 2.0");
                assertThat(List.of(second, third, fourth)).doesNotHaveDuplicates();
            }
        }
        assertThat(registry.getMeters()).isEmpty();
    }

    private static List<String> limits(MeterRegistry registry) {
        return registry.find("zonecache.client.starts.limit").gauges().stream()
                .map(gauge -> gauge.getId().getTag("limit") + " " + gauge.value())
                .toList();
    }
}
