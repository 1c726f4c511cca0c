package io.zonecache.client.internal.fill;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.StoredObject;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Objects as the origin described them a moment ago. Thread-safe. */
final class RememberedObjects {

    private static final int MAX_OBJECTS = 10_000;

    /**
     * What the origin was asked for.
     *
     * @param versionId null for the current version
     */
    record Name(String uri, @Nullable String versionId) {}

    private final Cache<Name, StoredObject> objects;

    /** @param rememberMillis 0 remembers nothing */
    RememberedObjects(long rememberMillis, LongSupplier nanoClock) {
        this.objects = Caffeine.newBuilder()
                .maximumSize(MAX_OBJECTS)
                .ticker(nanoClock::getAsLong)
                .executor(Runnable::run)
                .expireAfterWrite(Duration.ofMillis(rememberMillis))
                .build();
    }

    @Nullable
    StoredObject get(Name name) {
        return objects.getIfPresent(name);
    }

    void put(Name name, StoredObject object) {
        objects.put(name, object);
    }

    /** The origin no longer has the object that this range is of: the next caller asks it anew. A later state of the object is kept. */
    void forget(ObjectRange range) {
        Name name = new Name(range.uri(), range.versionId());
        StoredObject known = objects.getIfPresent(name);
        if (known != null && known.etag().equals(range.etag())) {
            objects.asMap().remove(name, known);
        }
    }
}
