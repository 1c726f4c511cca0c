package io.zonecache.server.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Names that settings once had, in file, environment and flags alike. A renamed setting answers to its old name for one release, with
 * a warning; after that the old name is refused with the new one in the message, and a release later it is forgotten.
 */
public final class FormerNames {

    /** Nothing has been renamed since the first release. */
    public static final FormerNames ALL = new FormerNames(List.of());

    private final List<FormerName> names;

    FormerNames(List<FormerName> names) {
        this.names = List.copyOf(names);
    }

    public List<FormerName> names() {
        return names;
    }

    Optional<FormerName> byKey(String key) {
        return names.stream().filter(name -> name.key().equals(key)).findFirst();
    }

    /**
     * One former name.
     *
     * @param key as it stood in a file
     * @param setting what it is now
     * @param removed whether it is only remembered for the sake of the message
     */
    public record FormerName(String key, Setting setting, boolean removed) {

        public String flag() {
            return "--" + key;
        }

        public String variable() {
            return "ZONECACHE_" + key.toUpperCase(Locale.ROOT).replace('-', '_');
        }
    }
}
