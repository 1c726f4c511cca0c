package io.zonecache.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The test vectors of docs/formats.md: what other languages test against is what these tests hold. */
final class FormatsDocument {

    private static final String TEXT = read(Path.of("../docs/formats.md"));

    private FormatsDocument() {}

    /** The lines of the block {@code ```name}. */
    static List<String> block(String name) {
        Matcher matcher = Pattern.compile("^```" + name + "\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
                .matcher(TEXT);
        if (!matcher.find()) {
            throw new AssertionError("docs/formats.md has no block " + name);
        }
        return matcher.group(1).lines().toList();
    }

    static EncodedView view() {
        return ViewJson.decode(block("view").get(0));
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
