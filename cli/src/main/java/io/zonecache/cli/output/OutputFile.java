package io.zonecache.cli.output;

import io.zonecache.model.IoReasons;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A file that an option names for output, checked before a command begins its work. A regular file gets its new content as a whole or
 * not at all; what is no regular file, such as a device or a pipe, is written through; {@code -} is standard output.
 */
public final class OutputFile {

    private static final String STANDARD_OUTPUT = "-";
    private static final String EXPECTED = "a file that can be written";

    /** As the kernel. */
    private static final int MAX_LINKS = 40;

    /** Links in here lead to what processes have opened, not to a place. */
    private static final Path PROCESSES = Path.of("/proc");

    private final String where;
    private final StandardOutput standardOutput;

    /** Null for standard output. */
    private final @Nullable Path target;

    private final boolean isReplaced;

    private OutputFile(String where, StandardOutput standardOutput, @Nullable Path target, boolean isReplaced) {
        this.where = where;
        this.standardOutput = standardOutput;
        this.target = target;
        this.isReplaced = isReplaced;
    }

    /** @param option for messages @throws OutputException if it can be seen already that the file can't be written */
    public static OutputFile check(CommandSpec spec, String option, String file) {
        StandardOutput out = StandardOutput.of(spec);
        String where = option + " " + file;
        if (file.equals(STANDARD_OUTPUT)) {
            return new OutputFile(where, out, null, false);
        }
        Path path = Path.of(file);
        try {
            return Files.exists(path) ? existing(where, out, path) : absent(where, out, path);
        } catch (IOException e) {
            throw new OutputException(where, IoReasons.of(e), EXPECTED);
        }
    }

    private static OutputFile existing(String where, StandardOutput out, Path path) throws IOException {
        if (Files.isDirectory(path)) {
            throw new OutputException(where, "a directory", EXPECTED);
        }
        if (!Files.isWritable(path)) {
            throw new OutputException(where, "not writable", EXPECTED);
        }
        Path place = place(path);
        boolean isDescriptor = Files.isSymbolicLink(place);
        if (isDescriptor || !Files.isRegularFile(place)) {
            return new OutputFile(where, out, path, false);
        }
        return replaced(where, out, place);
    }

    private static OutputFile absent(String where, StandardOutput out, Path path) throws IOException {
        Path name = path.getFileName();
        if (name == null || path.toString().isEmpty()) {
            throw new OutputException(where, "no name", EXPECTED);
        }
        return replaced(where, out, place(path));
    }

    private static OutputFile replaced(String where, StandardOutput out, Path place) {
        Path directory = place.getParent();
        if (directory != null && !Files.isWritable(directory)) {
            throw new OutputException(
                    where, "directory " + directory + " is not writable", "one in which a file can be created");
        }
        return new OutputFile(where, out, place, true);
    }

    /** Where a file is, or would be made: links are followed, also those that lead to nothing yet, but not a process's descriptors. */
    private static Path place(Path path) throws IOException {
        Path at = path.toAbsolutePath();
        for (int links = 0; links <= MAX_LINKS; links++) {
            Path parent = at.getParent();
            Path name = at.getFileName();
            if (parent == null || name == null) {
                return at;
            }
            if (!Files.isDirectory(parent)) {
                String found = Files.exists(parent) ? "is no directory" : "not found";
                throw new FileSystemException(path.toString(), null, "directory " + parent + " " + found);
            }
            at = parent.toRealPath().resolve(name);
            if (!Files.isSymbolicLink(at) || at.startsWith(PROCESSES)) {
                return at;
            }
            at = at.resolveSibling(Files.readSymbolicLink(at));
        }
        throw new FileSystemException(path.toString(), null, "more than " + MAX_LINKS + " links");
    }

    public boolean isStandardOutput() {
        return target == null;
    }

    /** Whether both would write to one place. */
    public boolean isSameAs(OutputFile other) {
        return Objects.equals(target, other.target) && isReplaced == other.isReplaced && (isReplaced || target == null);
    }

    /** @throws OutputException if it can't be opened */
    public OutputWriting open() {
        if (target == null) {
            standardOutput.flush();
            return new WrittenThrough(standardOutput.bytes(), false);
        }
        try {
            if (isReplaced) {
                return ReplacedFile.open(where, target);
            }
            // Appends: a descriptor of a regular file may be in the middle of it.
            OutputStream out = Files.newOutputStream(target, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
            return new WrittenThrough(new CheckedOutput(where, out), true);
        } catch (IOException e) {
            throw new OutputException(where, IoReasons.of(e), EXPECTED);
        }
    }

    /** Writes all there is, at once. @throws OutputException if it can't be written */
    public void write(String content) {
        try (OutputWriting writing = open()) {
            writing.stream().write(content.getBytes(StandardCharsets.UTF_8));
            writing.commit();
        }
    }
}
