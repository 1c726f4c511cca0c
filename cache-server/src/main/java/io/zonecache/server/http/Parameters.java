package io.zonecache.server.http;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;

/** Numbers in headers and queries. */
public final class Parameters {

    private static final int MAX_DIGITS = 18;
    private static final int MAX_SHOWN_CHARS = 80;

    private Parameters() {}

    /** @throws CacheException {@code BAD_REQUEST} unless the text is a whole decimal number within the bounds */
    public static long number(String name, String text, long min, long max) {
        boolean digits =
                !text.isEmpty() && text.length() <= MAX_DIGITS && text.chars().allMatch(c -> c >= '0' && c <= '9');
        long value = digits ? Long.parseLong(text) : -1;
        if (!digits || value < min || value > max) {
            throw new CacheException(
                    CacheErrorCode.BAD_REQUEST,
                    name + ": \"" + shown(text) + "\" (expected: a whole number, " + min + ".." + max + ")");
        }
        return value;
    }

    /** The text, cut to what an error message can carry. */
    public static String shown(String text) {
        return text.length() <= MAX_SHOWN_CHARS ? text : text.substring(0, MAX_SHOWN_CHARS) + "...";
    }
}
