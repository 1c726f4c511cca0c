package io.zonecache.server.lease;

import io.zonecache.model.KeyKind;
import io.zonecache.model.LeaseNonce;
import org.jspecify.annotations.Nullable;

/**
 * How a chunk's lease is asked for.
 *
 * @param client who asks: what may hold half of the share
 * @param waitMillis for how long to wait at most for the fill of another or for a slot, cut to the limit; 0 or less: answer at once
 * @param seenFilled whether the client was told {@code FILLED}, read again and still missed
 * @param kind of the key that the client reads by; {@link KeyKind#PLAIN} for clients of the version before, which don't tell
 * @param nonce names the question when it is asked again; null if it never is, as by clients of the version before
 */
public record LeaseQuestion(
        String client,
        long waitMillis,
        boolean seenFilled,
        KeyKind kind,
        @Nullable LeaseNonce nonce) {

    /** A client's name counts in full up to here; the rest would only be memory that a stranger chooses. */
    private static final int MAX_CLIENT_CHARS = 128;

    public LeaseQuestion {
        client = client.length() <= MAX_CLIENT_CHARS ? client : client.substring(0, MAX_CLIENT_CHARS);
    }
}
