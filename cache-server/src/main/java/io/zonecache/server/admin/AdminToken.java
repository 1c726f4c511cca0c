package io.zonecache.server.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** What an operator shows to change something. Never printed. */
public final class AdminToken {

    private static final int RANDOM_BYTES = 24;
    private static final String BEARER = "Bearer ";

    private final byte[] token;

    private AdminToken(byte[] token) {
        this.token = token;
    }

    /** The token in the file. @throws IOException if it can't be read or is empty */
    public static AdminToken read(Path file) throws IOException {
        String text = Files.readString(file).trim();
        if (text.isEmpty()) {
            throw new IOException(file + ": empty (expected: a token)");
        }
        return new AdminToken(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The token in the file, which is written with a random one, for its owner's eyes only, if it does not exist. */
    public static AdminToken readOrCreate(Path file) throws IOException {
        byte[] random = new byte[RANDOM_BYTES];
        new SecureRandom().nextBytes(random);
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, HexFormat.of().formatHex(random) + '\n');
        } catch (FileAlreadyExistsException e) {
            return read(file);
        }
        return read(file);
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
