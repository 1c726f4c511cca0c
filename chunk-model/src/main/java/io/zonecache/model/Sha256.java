package io.zonecache.model;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 fed in pieces: the JDK's intrinsic only works once its caller is compiled, which one huge call never lets happen. */
public final class Sha256 {

    private static final int PIECE_BYTES = 16 * 1024;
    private static final ThreadLocal<MessageDigest> DIGEST = ThreadLocal.withInitial(Sha256::newDigest);

    private Sha256() {}

    /** The 32 bytes of the digest of what remains in {@code bytes}; its position moves to its limit. Thread-safe. */
    public static byte[] digest(ByteBuffer bytes) {
        MessageDigest digest = DIGEST.get();
        digest.reset();
        update(digest, bytes);
        return digest.digest();
    }

    /** The digest of what remains in both, one after the other, as {@link #digest(ByteBuffer)} does. */
    static byte[] digest(ByteBuffer first, ByteBuffer second) {
        MessageDigest digest = DIGEST.get();
        digest.reset();
        update(digest, first);
        update(digest, second);
        return digest.digest();
    }

    private static void update(MessageDigest digest, ByteBuffer bytes) {
        int end = bytes.limit();
        while (bytes.position() < end) {
            bytes.limit(Math.min(end, bytes.position() + PIECE_BYTES));
            digest.update(bytes);
        }
    }

    private static MessageDigest newDigest() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
