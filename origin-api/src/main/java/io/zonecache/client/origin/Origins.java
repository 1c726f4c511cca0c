package io.zonecache.client.origin;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens origins by their location, with the providers on the class path. Safe for concurrent use. */
public final class Origins {

    private static final Logger LOG = LoggerFactory.getLogger(Origins.class);

    private Origins() {}

    /**
     * Opens an origin with its provider's defaults, as {@link #parse(String, Map)} does.
     *
     * @param location such as {@code s3://BUCKET[/PREFIX]} or {@code file:DIR}
     * @return to be closed when it is no longer needed; a {@code ZoneCache} closes its own
     * @throws IllegalArgumentException if no provider has this location
     */
    public static Origin parse(String location) {
        return parse(location, Map.of());
    }

    /**
     * Opens an origin, which sends no request to its store yet.
     *
     * @param location such as {@code s3://BUCKET[/PREFIX]} or {@code file:DIR}
     * @param settings by their names in {@link OriginProvider#settings}
     * @return to be closed when it is no longer needed; a {@code ZoneCache} closes its own
     * @throws IllegalArgumentException if no provider has this location, or a setting has another form or is not known
     */
    public static Origin parse(String location, Map<String, String> settings) {
        List<OriginProvider> providers = providers();
        String scheme = location.substring(0, Math.max(0, location.indexOf(':')));
        Optional<OriginProvider> found = providers.stream()
                .filter(provider -> provider.scheme().equals(scheme))
                .findFirst();
        if (found.isEmpty()) {
            String forms = providers.stream().map(OriginProvider::locationForm).collect(Collectors.joining(" or "));
            String module = scheme.isEmpty()
                    ? ""
                    : "; or a module for " + scheme + ": on the class path, as zonecache-origin-s3 is for s3:";
            throw badLocation(location, forms + module);
        }
        OriginProvider provider = found.get();
        return provider.open(location, new OriginSettings(settings, provider.settings()));
    }

    /** The providers on the class path, in the order of their schemes. One that can't be loaded is left out and logged. */
    public static List<OriginProvider> providers() {
        List<OriginProvider> found = new ArrayList<>();
        ClassLoader own = Origins.class.getClassLoader();
        ClassLoader ofThread = Thread.currentThread().getContextClassLoader();
        addProviders(found, own);
        if (ofThread != null && ofThread != own) {
            addProviders(found, ofThread);
        }
        found.sort(Comparator.comparing(OriginProvider::scheme));
        return found;
    }

    private static void addProviders(List<OriginProvider> found, ClassLoader loader) {
        Iterator<OriginProvider> providers =
                ServiceLoader.load(OriginProvider.class, loader).iterator();
        String lastFailure = "";
        boolean hasNext = true;
        while (hasNext) {
            try {
                hasNext = providers.hasNext();
                if (hasNext) {
                    addIfNew(found, providers.next());
                }
            } catch (ServiceConfigurationError | LinkageError e) {
                // A class path that can't be read fails in the same way at each step, without an end.
                hasNext = !e.toString().equals(lastFailure);
                lastFailure = e.toString();
                if (hasNext) {
                    LOG.warn("a provider of origins can't be loaded", e);
                }
            }
        }
    }

    private static void addIfNew(List<OriginProvider> found, OriginProvider provider) {
        Optional<OriginProvider> known = found.stream()
                .filter(other -> other.scheme().equals(provider.scheme()))
                .findFirst();
        if (known.isEmpty()) {
            found.add(provider);
        } else if (!known.get().getClass().getName().equals(provider.getClass().getName())) {
            LOG.warn(
                    "two providers of {}: origins: {} is used, {} is not",
                    provider.scheme(),
                    known.get().getClass().getName(),
                    provider.getClass().getName());
        }
    }

    /**
     * The failure for a location that names no place.
     *
     * @param location as it was given
     * @param expected such as {@link OriginProvider#locationForm}
     */
    public static IllegalArgumentException badLocation(String location, String expected) {
        return new IllegalArgumentException("location: \"" + location + "\" (expected: " + expected + ")");
    }
}
