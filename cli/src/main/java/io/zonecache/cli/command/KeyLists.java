package io.zonecache.cli.command;

import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** A list of chunks as a file: one key a line, in the order of the bytes; empty lines and those that begin with # don't count. */
final class KeyLists {

    private static final String STANDARD_INPUT = "-";

    private KeyLists() {}

    /** @throws CommandException naming the line that is no key */
    static List<ChunkKey> read(Path file) {
        List<ChunkKey> keys = new ArrayList<>();
        try (BufferedReader lines = open(file)) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                String text = line.strip();
                if (!text.isEmpty() && !text.startsWith("#")) {
                    keys.add(parse(file, number, text));
                }
            }
            return keys;
        } catch (NoSuchFileException e) {
            throw new CommandException("--list " + file + ": not found");
        } catch (IOException e) {
            throw new CommandException("--list " + file + ": " + e + " (expected: a file that can be read)");
        }
    }

    /** Puts the whole list in its place at once. */
    static void write(Path file, List<String> keys) {
        Path part = file.resolveSibling(
                "." + file.getFileName() + "." + ProcessHandle.current().pid() + ".part");
        try {
            try {
                Files.write(part, keys);
                Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw new CommandException("--list " + file + ": " + e + " (expected: a file that can be written)");
        }
    }

    private static BufferedReader open(Path file) throws IOException {
        return file.toString().equals(STANDARD_INPUT)
                ? new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))
                : Files.newBufferedReader(file);
    }

    private static ChunkKey parse(Path file, int line, String text) {
        try {
            return ChunkKey.parse(text);
        } catch (CacheException e) {
            throw new CommandException("--list " + file + ", line " + line + ": " + e.detail());
        }
    }
}
