package io.zonecache.model;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What an {@link IOException} of a file says, in words: the text of many is the file's name alone, or nothing. */
public final class IoReasons {

    private static final String CLOSED_DESCRIPTOR = "Bad file descriptor";

    private IoReasons() {}

    /** The file's name and the reason, where the failure knows the file; else as {@link #of}. */
    public static String withFile(IOException failure) {
        String file = failure instanceof FileSystemException named ? named.getFile() : null;
        return file == null ? of(failure) : file + ": " + of(failure);
    }

    /**
     * The reason of a failure, without the file's name.
     *
     * @param failure of a file
     * @return for a message that names the file
     */
    public static String of(IOException failure) {
        if (failure instanceof NoSuchFileException) {
            return "not found";
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "exists already";
        }
        if (failure instanceof CharacterCodingException) {
            return "not UTF-8 text";
        }
        String said = failure instanceof FileSystemException named ? named.getReason() : failure.getMessage();
        if (said == null || said.isBlank()) {
            return failure.getClass().getSimpleName();
        }
        return said.equals(CLOSED_DESCRIPTOR) ? "closed" : said;
    }
}
