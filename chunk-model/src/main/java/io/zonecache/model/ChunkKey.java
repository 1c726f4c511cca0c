package io.zonecache.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The 32 bytes that name a chunk, for good: a key never gets other content.
 *
 * <p>Held as four big-endian words ({@code w0} first), which is what placement hashes and what keeps maps of keys small.
 * Immutable and safe to share.
 */
public record ChunkKey(long w0, long w1, long w2, long w3) implements Comparable<ChunkKey> {

    public static final int BYTES = 32;
    public static final int HEX_DIGITS = 2 * BYTES;

    /** The key whose 32 bytes start at the buffer's position, which moves past them. */
    public static ChunkKey read(ByteBuffer bigEndian) {
        return new ChunkKey(bigEndian.getLong(), bigEndian.getLong(), bigEndian.getLong(), bigEndian.getLong());
    }

    /** @throws CacheException {@code BAD_KEY} unless there are exactly 32 bytes */
    public static ChunkKey of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new CacheException(CacheErrorCode.BAD_KEY, "key bytes: " + bytes.length + " (expected: 32)");
        }
        return read(ByteBuffer.wrap(bytes));
    }

    /** @throws CacheException {@code BAD_KEY} unless the text is exactly 64 lower-case hex digits */
    public static ChunkKey parse(String hex) {
        if (hex.length() != HEX_DIGITS) {
            throw badKey(hex, hex.length() + " characters");
        }
        for (int i = 0; i < HEX_DIGITS; i++) {
            char c = hex.charAt(i);
            if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f')) {
                throw badKey(hex, "a character that is no lower-case hex digit at " + i);
            }
        }
        return new ChunkKey(word(hex, 0), word(hex, 16), word(hex, 32), word(hex, 48));
    }

    /** The key of these bytes under the scheme {@code sha256}. */
    public static ChunkKey sha256Of(byte[] chunk) {
        return read(ByteBuffer.wrap(Sha256.digest(ByteBuffer.wrap(chunk))));
    }

    /** The key of the buffer's remaining bytes under the scheme {@code sha256}; its position does not move. */
    public static ChunkKey sha256Of(ByteBuffer chunk) {
        return read(ByteBuffer.wrap(Sha256.digest(chunk.duplicate())));
    }

    /**
     * The key of a range of a stored object, in zones of every scheme: SHA-512/256 of the UTF-8 text {@code uri LF etag LF offset LF length}, numbers
     * in decimal, and of {@code LF attribute} for each attribute. Another hash than that of chunks, as whoever stores this text as a chunk would own the range's key otherwise.
     *
     * @param attributes what else tells the bytes apart from others, such as {@code versionId=ID}; may be empty
     */
    public static ChunkKey ofRange(
            String uri, String etag, long offsetBytes, long lengthBytes, List<String> attributes) {
        String range = uri + '\n' + etag + '\n' + offsetBytes + '\n' + lengthBytes;
        String text = attributes.isEmpty() ? range : range + '\n' + String.join("\n", attributes);
        return of(rangeDigest().digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static MessageDigest rangeDigest() {
        try {
            return MessageDigest.getInstance("SHA-512/256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-512/256: no provider has it (expected: that of the JDK)", e);
        }
    }

    /**
     * The tag of a chunk's stripes where this key is not the chunk's SHA-256: the first 8 bytes of SHA-256 of the key's 32 bytes followed by the
     * chunk. It binds them to each other: stripes that somebody puts under another key don't pass for that key's.
     *
     * @param chunk its remaining bytes; its position does not move
     */
    public long tagOf(ByteBuffer chunk) {
        return ByteBuffer.wrap(Sha256.digest(ByteBuffer.wrap(toBytes()), chunk.duplicate()))
                .getLong();
    }

    public byte[] toBytes() {
        ByteBuffer bytes = ByteBuffer.allocate(BYTES);
        write(bytes);
        return bytes.array();
    }

    /** Writes the 32 bytes at the (big-endian) buffer's position, which moves past them. */
    public void write(ByteBuffer target) {
        target.putLong(w0).putLong(w1).putLong(w2).putLong(w3);
    }

    /** 64 lower-case hex digits, as in a URL. */
    public String toHex() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(w0) + hex.toHexDigits(w1) + hex.toHexDigits(w2) + hex.toHexDigits(w3);
    }

    @Override
    public int compareTo(ChunkKey other) {
        int order = Long.compareUnsigned(w0, other.w0);
        order = order != 0 ? order : Long.compareUnsigned(w1, other.w1);
        order = order != 0 ? order : Long.compareUnsigned(w2, other.w2);
        return order != 0 ? order : Long.compareUnsigned(w3, other.w3);
    }

    /** Keys under {@code opaque} may be any bytes, so all four words count; the mixing keeps chosen keys from colliding cheaply. */
    @Override
    public int hashCode() {
        return Long.hashCode(w0 * 31 + w1 + Long.rotateLeft(w2, 17) + Long.rotateLeft(w3, 41));
    }

    @Override
    public String toString() {
        return toHex();
    }

    private static long word(String hex, int from) {
        return Long.parseUnsignedLong(hex, from, from + 16, 16);
    }

    private static CacheException badKey(String hex, String found) {
        String shown = hex.length() <= 80 ? hex : hex.substring(0, 80) + "...";
        return new CacheException(
                CacheErrorCode.BAD_KEY,
                "key: \"" + shown + "\" has " + found + " (expected: 64 lower-case hex digits)");
    }
}
