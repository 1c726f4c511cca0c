package io.zonecache.model;

import java.util.Locale;

/** What a {@link KeyKind#PLAIN} chunk key says about its chunk. */
public enum KeyScheme {
    /** The key is the SHA-256 of the chunk, so every reader can check it. */
    SHA256,
    /** Any 32 bytes that never name other content. */
    OPAQUE;

    /** As written in a view. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws IllegalArgumentException with the value and what was expected */
    public static KeyScheme parse(String text) {
        for (KeyScheme scheme : values()) {
            if (scheme.wireName().equals(text)) {
                return scheme;
            }
        }
        throw new IllegalArgumentException("keyScheme: \"" + text + "\" (expected: sha256 or opaque)");
    }
}
