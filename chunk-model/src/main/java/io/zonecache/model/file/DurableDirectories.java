package io.zonecache.model.file;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;

/** Directories whose entries are on disk, not only in the kernel's memory. */
public final class DurableDirectories {

    private DurableDirectories() {}

    /** Creates a directory and those above it that are missing. */
    public static void create(Path directory) throws IOException {
        Deque<Path> parents = new ArrayDeque<>();
        Path at = directory.toAbsolutePath();
        for (Path parent = at.getParent(); parent != null && !Files.exists(at); parent = at.getParent()) {
            parents.push(parent);
            at = parent;
        }
        Files.createDirectories(directory);
        for (Path parent : parents) {
            force(parent);
        }
    }

    /** Brings to disk which files a directory has: those created, renamed and deleted so far. */
    public static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
