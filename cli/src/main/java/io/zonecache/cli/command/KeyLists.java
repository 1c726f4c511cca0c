package io.zonecache.cli.command;

import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A list of chunks as a file: one key a line, in the order of the bytes; empty lines and those that begin with # don't count. */
final class KeyLists {

    private static final String FORM = "a list of keys, a line each";

    private KeyLists() {}

    /** @throws CommandException naming the line that is no key */
    static List<ChunkKey> read(Path file) {
        Input input = new Input("--list", file);
        List<ChunkKey> keys = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(input.open(), StandardCharsets.UTF_8.newDecoder()))) {
            int number = 0;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                number++;
                String text = line.strip();
                if (!text.isEmpty() && !text.startsWith("#")) {
                    keys.add(parse(input, number, text));
                }
            }
            return keys;
        } catch (IOException e) {
            throw input.failed(e, FORM);
        }
    }

    /** @return the keys, in the form that {@link #read} takes */
    static String text(List<String> keys) {
        return keys.stream().map(key -> key + "\n").collect(Collectors.joining());
    }

    private static ChunkKey parse(Input input, int line, String text) {
        try {
            return ChunkKey.parse(text);
        } catch (CacheException e) {
            throw new CommandException(input + ", line " + line + ": " + e.detail());
        }
    }
}
