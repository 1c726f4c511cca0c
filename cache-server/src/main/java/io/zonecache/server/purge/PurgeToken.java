package io.zonecache.server.purge;

import io.zonecache.membership.PurgeDigest;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.server.http.Parameters;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a state of a node's purge log by the number and the digest of its keys: {@code COUNT-DIGEST}, decimal and 16 hex digits.
 * Whichever log has the same keys in front knows it, after a restart as well; one that has lost or changed keys does not.
 *
 * @param digest of the keys so far
 */
public record PurgeToken(PurgeDigest digest) {

    private static final Pattern FORMAT = Pattern.compile("([0-9]{1,9})-([0-9a-f]{16})");

    /**
     * @param name of the header or parameter that the text is of
     * @throws CacheException {@code BAD_REQUEST} unless the text is a token
     */
    public static PurgeToken parse(String name, String text) {
        Matcher matcher = FORMAT.matcher(text);
        if (!matcher.matches()) {
            throw new CacheException(
                    CacheErrorCode.BAD_REQUEST,
                    name + ": \"" + Parameters.shown(text) + "\" (expected: a node's token, such as "
                            + new PurgeToken(PurgeDigest.EMPTY) + ")");
        }
        return new PurgeToken(
                new PurgeDigest(Integer.parseInt(matcher.group(1)), HexFormat.fromHexDigitsToLong(matcher.group(2))));
    }

    @Override
    public String toString() {
        return digest.size() + "-" + HexFormat.of().toHexDigits(digest.hash());
    }
}
