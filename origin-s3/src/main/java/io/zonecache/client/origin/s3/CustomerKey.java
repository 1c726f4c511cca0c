package io.zonecache.client.origin.s3;

import io.zonecache.model.IoReasons;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/** A key of the owner's own, with which S3 encrypts objects (SSE-C). Its text hides it. Immutable. */
public final class CustomerKey {

    /** Bytes of a key. */
    public static final int BYTES = 32;

    private static final int HEX_DIGITS = 2 * BYTES;
    private static final String FORM = "32 bytes, or their base64, or their 64 hex digits";

    /** No key is longer in any form. */
    private static final int MAX_FILE_BYTES = 4_096;

    private final byte[] key;

    private CustomerKey(byte[] key) {
        this.key = key.clone();
    }

    /**
     * A key of these bytes.
     *
     * @param key 32 bytes, copied
     * @throws IllegalArgumentException if there are more or fewer
     */
    public static CustomerKey of(byte[] key) {
        if (key.length != BYTES) {
            throw new IllegalArgumentException("customerKey: " + key.length + " bytes (expected: " + BYTES + ")");
        }
        return new CustomerKey(key);
    }

    /**
     * Reads a key.
     *
     * @param file 32 bytes, or their base64 or their 64 hex digits with white space around it
     * @throws IllegalArgumentException if the file can't be read, or holds something else
     */
    public static CustomerKey read(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(MAX_FILE_BYTES + 1);
            byte[] key = content.length > MAX_FILE_BYTES ? content : decode(content);
            if (key.length == BYTES) {
                return new CustomerKey(key);
            }
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(
                    "customerKeyFile: no file " + file + " (expected: one of " + FORM + ")", e);
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "customerKeyFile: " + file + ": " + IoReasons.of(e) + " (expected: a file of " + FORM + ")", e);
        }
        throw new IllegalArgumentException("customerKeyFile: " + file + " holds no key (expected: " + FORM + ")");
    }

    private static byte[] decode(byte[] content) {
        if (content.length == BYTES) {
            return content;
        }
        String text = new String(content, StandardCharsets.ISO_8859_1).strip();
        try {
            return text.length() == HEX_DIGITS
                    ? HexFormat.of().parseHex(text)
                    : Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            return new byte[0]; // The decoders' messages quote the text.
        }
    }

    /** SHA-256 of the key, 64 lower-case hex digits. */
    public String sha256() {
        return HexFormat.of().formatHex(digest("SHA-256"));
    }

    String base64() {
        return Base64.getEncoder().encodeToString(key);
    }

    /** S3 checks the transport of the key by it. */
    String md5Base64() {
        return Base64.getEncoder().encodeToString(digest("MD5"));
    }

    private byte[] digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm).digest(key);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(algorithm + ": not in this JDK", e);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CustomerKey that && MessageDigest.isEqual(key, that.key);
    }

    @Override
    public int hashCode() {
        return sha256().hashCode();
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "CustomerKey[sha256=" + sha256() + "]";
    }
}
