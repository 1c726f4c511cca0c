package io.zonecache.membership.internal;

import io.zonecache.membership.ZoneSecret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * HMAC-SHA256 under the zone's secret over kind, zone and body: {@code kind (1) | mac (32) | body}. The kind keeps a card from
 * passing for a view, the zone keeps two zones with one secret apart. Thread-safe.
 */
final class Seal {

    static final byte CARD = 1;
    static final byte NEWS = 2;
    static final byte VIEW = 3;
    static final byte PURGES = 4;

    private static final String ALGORITHM = "HmacSHA256";
    private static final int MAC_BYTES = 32;

    private final SecretKeySpec key;
    private final byte[] zone;

    Seal(ZoneSecret secret, String zone) {
        // A MAC must have a key; without a secret it only finds damage.
        byte[] bytes = secret.isEmpty() ? "zonecache".getBytes(StandardCharsets.UTF_8) : secret.bytes();
        this.key = new SecretKeySpec(bytes, ALGORITHM);
        this.zone = zone.getBytes(StandardCharsets.UTF_8);
    }

    byte[] close(byte kind, byte[] body) {
        byte[] sealed = new byte[1 + MAC_BYTES + body.length];
        sealed[0] = kind;
        System.arraycopy(mac(kind, body), 0, sealed, 1, MAC_BYTES);
        System.arraycopy(body, 0, sealed, 1 + MAC_BYTES, body.length);
        return sealed;
    }

    /** The body, or null where the bytes are of another kind, zone or secret, or damaged. */
    byte @Nullable [] open(byte kind, byte[] sealed) {
        if (sealed.length <= MAC_BYTES || sealed[0] != kind) {
            return null;
        }
        byte[] body = Arrays.copyOfRange(sealed, 1 + MAC_BYTES, sealed.length);
        byte[] mac = Arrays.copyOfRange(sealed, 1, 1 + MAC_BYTES);
        return MessageDigest.isEqual(mac, mac(kind, body)) ? body : null;
    }

    private byte[] mac(byte kind, byte[] body) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(key);
            mac.update(kind);
            mac.update(zone);
            mac.update((byte) 0);
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
        }
    }
}
