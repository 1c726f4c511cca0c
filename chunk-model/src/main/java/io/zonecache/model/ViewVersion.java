package io.zonecache.model;

import java.nio.ByteBuffer;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which of two views is newer: the greater pair. The hash decides where two publishers, cut off from each other, chose one epoch.
 *
 * @param bodyHash first 16 hex digits of the SHA-256 of the view's JSON as it was sent
 */
public record ViewVersion(long epoch, String bodyHash) implements Comparable<ViewVersion> {

    private static final Pattern ETAG = Pattern.compile("\"(\\d{1,19})-([0-9a-f]{16})\"");

    static ViewVersion of(long epoch, byte[] body) {
        byte[] digest = Sha256.digest(ByteBuffer.wrap(body));
        return new ViewVersion(epoch, HexFormat.of().formatHex(digest, 0, 8));
    }

    /** @throws IllegalArgumentException with the value and what was expected */
    public static ViewVersion parseEtag(String etag) {
        Matcher matcher = ETAG.matcher(etag);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("ETag: " + etag + " (expected: \"<epoch>-<16 hex digits>\")");
        }
        return new ViewVersion(Long.parseLong(matcher.group(1)), matcher.group(2));
    }

    /** The HTTP ETag, quotes included. */
    public String etag() {
        return '"' + Long.toString(epoch) + '-' + bodyHash + '"';
    }

    @Override
    public int compareTo(ViewVersion other) {
        return Comparator.comparingLong(ViewVersion::epoch)
                .thenComparing(ViewVersion::bodyHash)
                .compare(this, other);
    }
}
