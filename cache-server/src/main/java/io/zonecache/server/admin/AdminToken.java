package io.zonecache.server.admin;

import io.zonecache.model.file.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What an operator shows to change something. Never printed. */
public final class AdminToken {

    private static final int RANDOM_BYTES = 24;
    private static final int MAX_BYTES = 4096;

    /** The beginning of a random token, followed by no line feed but maybe by zeros, which a power loss leaves; or nothing at all. */
    private static final Pattern CUT_OFF = Pattern.compile("\\s*|[0-9a-f]{0," + (2 * RANDOM_BYTES - 1) + "}\\x00*");

    private static final Logger LOG = LoggerFactory.getLogger(AdminToken.class);
    private static final String BEARER = "Bearer ";

    private final byte[] token;

    private AdminToken(byte[] token) {
        this.token = token;
    }

    /** The token in a file of the operator's. @throws IOException if it can't be read or is empty */
    public static AdminToken read(Path file) throws IOException {
        String text = text(file, Files.readAllBytes(file)).trim();
        if (text.isEmpty()) {
            throw new IOException(file + ": empty");
        }
        return new AdminToken(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * The token in the file, for its owner's eyes only. A random one is written if the file does not exist, is empty, or holds one of
     * these that was cut off, which would be easy to guess.
     */
    public static AdminToken readOrCreate(Path file) throws IOException {
        AtomicFile kept = AtomicFile.ownerOnly(file);
        kept.removeUnfinished();
        byte[] content = kept.read(MAX_BYTES);
        if (content == null) {
            writeRandom(kept);
        } else if (CUT_OFF.matcher(text(file, content)).matches() && !Files.isSymbolicLink(file)) {
            LOG.warn("admin token: {} is empty or cut off ({} bytes), a new one is written", file, content.length);
            writeRandom(kept);
        }
        return read(file);
    }

    private static void writeRandom(AtomicFile file) throws IOException {
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        file.write((HexFormat.of().formatHex(random) + '\n').getBytes(StandardCharsets.US_ASCII));
    }

    private static String text(Path file, byte[] content) throws IOException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IOException(file + ": no text in UTF-8", e);
        }
    }

    /** Whether an {@code Authorization} header carries the token, in a time that tells nothing of it. */
    boolean matches(@Nullable String authorization) {
        return authorization != null
                && authorization.startsWith(BEARER)
                && MessageDigest.isEqual(
                        token, authorization.substring(BEARER.length()).trim().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "***";
    }
}
