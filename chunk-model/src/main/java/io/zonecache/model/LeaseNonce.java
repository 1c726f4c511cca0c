package io.zonecache.model;

import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * Names one question for a chunk's fill lease, so that a node recognises the question when it is asked again after a broken
 * connection. Drawn once for a question and kept for its retries; the same bits for another chunk are another question.
 *
 * @param bits 64 random bits
 */
public record LeaseNonce(long bits) {

    private static final int HEX_DIGITS = 16;
    private static final int MAX_SHOWN_CHARS = 80;

    /** Draws a new one. */
    public static LeaseNonce random(RandomGenerator random) {
        return new LeaseNonce(random.nextLong());
    }

    /**
     * The value of the query parameter {@code nonce}.
     *
     * @throws CacheException {@code BAD_REQUEST} unless the text is 16 lower-case hex digits
     */
    public static LeaseNonce parse(String text) {
        if (text.length() != HEX_DIGITS || !text.chars().allMatch(LeaseNonce::isLowerCaseHexDigit)) {
            String shown = text.length() <= MAX_SHOWN_CHARS ? text : text.substring(0, MAX_SHOWN_CHARS) + "...";
            throw new CacheException(
                    CacheErrorCode.BAD_REQUEST, "nonce: \"" + shown + "\" (expected: 16 lower-case hex digits)");
        }
        return new LeaseNonce(HexFormat.fromHexDigitsToLong(text));
    }

    private static boolean isLowerCaseHexDigit(int c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
    }

    /** 16 lower-case hex digits, as in a query. */
    @Override
    public String toString() {
        return HexFormat.of().toHexDigits(bits);
    }
}
