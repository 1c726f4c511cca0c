package io.zonecache.client.internal.observe;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.ToDoubleFunction;

/**
 * One cache's meters in a registry, told apart from those of other caches by the tag {@code cache}, and removed together. Functions of
 * meters get a source that the registry holds weakly. Not thread-safe.
 */
final class MeterGroup implements AutoCloseable {

    private static final String PREFIX = "zonecache.client.";
    private static final String TAG = "cache";

    /** The tag's values that are in use, of all caches of this process. */
    private static final Map<MeterRegistry, Set<String>> NAMES = new WeakHashMap<>();

    private final MeterRegistry registry;
    private final String name;
    private final List<Meter> meters = new ArrayList<>();

    /** @param name with {@code -2}, {@code -3} and so on where another cache has it already */
    MeterGroup(MeterRegistry registry, String name) {
        this.registry = registry;
        this.name = claim(registry, name);
    }

    private static String claim(MeterRegistry registry, String wanted) {
        synchronized (NAMES) {
            Set<String> names = NAMES.computeIfAbsent(registry, any -> new HashSet<>());
            String name = wanted;
            for (int i = 2; !names.add(name); i++) {
                name = wanted + '-' + i;
            }
            return name;
        }
    }

    Timer timer(String meter, String description, String tag, String value) {
        return add(Timer.builder(PREFIX + meter)
                .description(description)
                .tags(Tags.of(TAG, name, tag, value))
                .register(registry));
    }

    <T> void counter(String meter, String description, T source, ToDoubleFunction<T> value) {
        add(FunctionCounter.builder(PREFIX + meter, source, value)
                .description(description)
                .tag(TAG, name)
                .register(registry));
    }

    <T> void gauge(String meter, String description, T source, ToDoubleFunction<T> value) {
        add(Gauge.builder(PREFIX + meter, source, value)
                .description(description)
                .tag(TAG, name)
                .register(registry));
    }

    private <M extends Meter> M add(M meter) {
        meters.add(meter);
        return meter;
    }

    /** Removes all of them. Once. */
    @Override
    public void close() {
        try {
            meters.forEach(registry::remove);
        } finally {
            synchronized (NAMES) {
                Set<String> names = NAMES.get(registry);
                if (names != null) {
                    names.remove(name);
                }
            }
        }
    }
}
