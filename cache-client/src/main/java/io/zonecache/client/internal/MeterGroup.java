package io.zonecache.client.internal;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
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
 * The meters of one cache or start limit in a registry, distinguished from those of others by a tag, and removed together. Functions of meters get a
 * source that the registry holds weakly. Not thread-safe.
 */
public final class MeterGroup implements AutoCloseable {

    private static final String PREFIX = "zonecache.client.";

    /** The tags that are in use in this process. */
    private static final Map<MeterRegistry, Set<Tag>> TAGS = new WeakHashMap<>();

    private final MeterRegistry registry;
    private final Tag tag;
    private final List<Meter> meters = new ArrayList<>();

    /**
     * Creates a group without meters.
     *
     * @param key the tag's key
     * @param name the tag's value; {@code -2}, {@code -3} and so on is appended if another group already has it
     */
    public MeterGroup(MeterRegistry registry, String key, String name) {
        this.registry = registry;
        this.tag = claim(registry, key, name);
    }

    private static Tag claim(MeterRegistry registry, String key, String wanted) {
        synchronized (TAGS) {
            Set<Tag> tags = TAGS.computeIfAbsent(registry, any -> new HashSet<>());
            Tag tag = Tag.of(key, wanted);
            for (int i = 2; !tags.add(tag); i++) {
                tag = Tag.of(key, wanted + '-' + i);
            }
            return tag;
        }
    }

    public Timer timer(String meter, String description, String key, String value) {
        return add(Timer.builder(PREFIX + meter)
                .description(description)
                .tags(Tags.of(tag, Tag.of(key, value)))
                .register(registry));
    }

    public <T> void counter(String meter, String description, T source, ToDoubleFunction<T> value) {
        add(FunctionCounter.builder(PREFIX + meter, source, value)
                .description(description)
                .tags(Tags.of(tag))
                .register(registry));
    }

    public <T> void gauge(String meter, String description, T source, ToDoubleFunction<T> value) {
        add(Gauge.builder(PREFIX + meter, source, value)
                .description(description)
                .tags(Tags.of(tag))
                .register(registry));
    }

    private <M extends Meter> M add(M meter) {
        meters.add(meter);
        return meter;
    }

    /** Removes all meters. To be called once. */
    @Override
    public void close() {
        try {
            meters.forEach(registry::remove);
        } finally {
            synchronized (TAGS) {
                Set<Tag> tags = TAGS.get(registry);
                if (tags != null) {
                    tags.remove(tag);
                }
            }
        }
    }
}
