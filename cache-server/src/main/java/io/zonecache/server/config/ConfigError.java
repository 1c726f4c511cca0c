package io.zonecache.server.config;

/** One setting that can't be used: which, what was found, and what was expected. */
public record ConfigError(String key, String value, String expected) {

    @Override
    public String toString() {
        return key + ": " + value + " (expected: " + expected + ")";
    }
}
