package io.zonecache.client.origin.http;

import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginLimits;
import io.zonecache.client.origin.OriginProvider;
import io.zonecache.client.origin.OriginSetting;
import io.zonecache.client.origin.OriginSettings;
import io.zonecache.client.origin.Origins;
import java.net.URI;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Opens {@code http://HOST:PORT/PREFIX/}. */
public final class HttpOriginProvider implements OriginProvider {

    private static final OriginSetting TOKEN =
            new OriginSetting("token", "what follows Bearer", "Sent with every request.");

    @Override
    public String scheme() {
        return "http";
    }

    @Override
    public String locationForm() {
        return "http://HOST:PORT/PREFIX/";
    }

    @Override
    public List<OriginSetting> settings() {
        return Stream.concat(Stream.of(TOKEN), OriginSetting.LIMITS.stream()).toList();
    }

    @Override
    public Origin open(String location, OriginSettings settings) {
        OriginLimits limits = settings.limits();
        @Nullable String token = settings.text(TOKEN);
        settings.check();
        if (!location.startsWith("http://") || !location.endsWith("/")) {
            throw Origins.badLocation(location, locationForm());
        }
        return new HttpOrigin(URI.create(location), token, limits);
    }
}
