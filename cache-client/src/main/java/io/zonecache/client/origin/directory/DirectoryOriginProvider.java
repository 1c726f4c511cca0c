package io.zonecache.client.origin.directory;

import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginLimits;
import io.zonecache.client.origin.OriginProvider;
import io.zonecache.client.origin.OriginSetting;
import io.zonecache.client.origin.OriginSettings;
import io.zonecache.client.origin.Origins;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/** Opens {@code file:DIR}. */
public final class DirectoryOriginProvider implements OriginProvider {

    @Override
    public String scheme() {
        return "file";
    }

    @Override
    public String locationForm() {
        return "file:DIR";
    }

    @Override
    public List<OriginSetting> settings() {
        return OriginSetting.LIMITS;
    }

    @Override
    public Origin open(String location, OriginSettings settings) {
        Path directory = directory(location);
        OriginLimits limits = settings.limits();
        settings.check();
        return new DirectoryOrigin(directory, limits);
    }

    private Path directory(String location) {
        String path = location.substring(scheme().length() + 1);
        path = path.startsWith("//") ? path.substring(2) : path;
        if (path.isEmpty()) {
            throw Origins.badLocation(location, locationForm());
        }
        try {
            return Path.of(path);
        } catch (InvalidPathException e) {
            throw Origins.badLocation(location, locationForm());
        }
    }
}
