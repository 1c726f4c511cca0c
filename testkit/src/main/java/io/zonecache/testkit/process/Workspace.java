package io.zonecache.testkit.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A temporary directory and the processes that work in it; all of it ends together. Thread-safe. */
public final class Workspace implements AutoCloseable {

    /** A process that was just killed may still be seen to make a file; a directory that stays full after this is reported. */
    private static final int DELETE_ATTEMPTS = 5;

    private final Path root;
    private final List<ManagedProcess> processes = new ArrayList<>();
    private final Thread hook = new Thread(this::end, "workspace-end");
    private boolean closed;

    private Workspace(Path root) {
        this.root = root;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Under a directory that exists. @throws IOException if nothing can be made there */
    public static Workspace createIn(Path parent, String prefix) throws IOException {
        return new Workspace(Files.createTempDirectory(parent, prefix));
    }

    /** Under {@code java.io.tmpdir}. */
    public static Workspace create(String prefix) {
        try {
            return new Workspace(Files.createTempDirectory(prefix));
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary directory: " + e, e);
        }
    }

    public Path root() {
        return root;
    }

    /** A directory in it, made if it is not there. */
    public Path directory(String name) {
        try {
            return Files.createDirectories(root.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException("no directory " + name + " in " + root + ": " + e, e);
        }
    }

    public ManagedProcess start(String name, JavaCommand command) {
        return start(name, command, null);
    }

    /**
     * Starts a process in a directory of its name, with its own temporary directory inside.
     *
     * @param onLine gets every line of its standard output, on one thread
     */
    public ManagedProcess start(String name, JavaCommand command, @Nullable Consumer<String> onLine) {
        return start(name, command::toProcessBuilder, onLine);
    }

    /** The same with a program that is no Java of ours. */
    public ManagedProcess start(String name, ProgramCommand command) {
        return start(name, command::toProcessBuilder, null);
    }

    private ManagedProcess start(
            String name, BiFunction<Path, Path, ProcessBuilder> command, @Nullable Consumer<String> onLine) {
        Path directory = directory(name);
        Path tmp = directory(name + "/tmp");
        synchronized (this) {
            if (closed) {
                throw new IllegalStateException("process " + name + ": the workspace has ended");
            }
            try {
                ManagedProcess process = new ManagedProcess(name, command.apply(directory, tmp), onLine);
                processes.add(process);
                return process;
            } catch (IOException e) {
                throw new UncheckedIOException("process " + name + " did not start: " + e, e);
            }
        }
    }

    /** Kills what runs and deletes all files. */
    @Override
    public void close() {
        end();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The JVM is ending already, and the hook with it.
            return;
        }
    }

    private synchronized void end() {
        if (closed) {
            return;
        }
        closed = true;
        processes.forEach(ManagedProcess::kill);
        processes.forEach(ManagedProcess::close);
        IOException failure = null;
        for (int attempt = 0; attempt < DELETE_ATTEMPTS; attempt++) {
            try {
                deleteTree(root);
                return;
            } catch (IOException e) {
                failure = e;
            }
        }
        throw new UncheckedIOException("could not delete " + root, failure);
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.deleteIfExists(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
                if (e instanceof NoSuchFileException) {
                    return FileVisitResult.CONTINUE;
                }
                throw e;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
                Files.deleteIfExists(directory);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
