package io.zonecache.model.file;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.CopyOption;
import java.nio.file.FileSystemException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A real directory whose steps are written down, and one of them fails as on a full disk, or is the last of a killed process. */
final class FaultyDisk {

    enum Fault {
        NO_SPACE,
        KILL
    }

    /** The process is gone: nothing that it would do now is done. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    private final DelegatingFileSystem fileSystem = new DelegatingFileSystem(this);
    private final List<String> steps = new ArrayList<>();
    private final int faultyStep;
    private final Fault fault;
    private boolean killed;

    /** @param faultyStep the number of the step that fails, from 0; one beyond the last leaves all whole */
    FaultyDisk(int faultyStep, Fault fault) {
        this.faultyStep = faultyStep;
        this.fault = fault;
    }

    /** The same path, of this disk. */
    Path path(Path real) {
        return (Path) Proxy.newProxyInstance(
                FaultyDisk.class.getClassLoader(), new Class<?>[] {Path.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("getFileSystem")) {
                        return fileSystem;
                    }
                    Object[] reals = arguments == null ? new Object[0] : arguments.clone();
                    for (int i = 0; i < reals.length; i++) {
                        reals[i] = reals[i] instanceof Path path ? real(path) : reals[i];
                    }
                    try {
                        Object result = method.invoke(real, reals);
                        return result instanceof Path path ? path(path) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    List<String> steps() {
        return steps;
    }

    void delete(Path path) throws IOException {
        step("delete " + name(path));
        real(path).getFileSystem().provider().delete(real(path));
    }

    void move(Path from, Path to, CopyOption... options) throws IOException {
        step("rename " + name(from) + " " + name(to));
        real(from).getFileSystem().provider().move(real(from), real(to), options);
    }

    FileChannel open(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        String name = options.contains(StandardOpenOption.WRITE) ? name(path) : "directory";
        step((name.equals("directory") ? "open " : "create ") + name);
        return new DelegatingChannel(FileChannel.open(real(path), options, attributes), this, name);
    }

    /** What had to be written and no longer fits is cut off. */
    int write(FileChannel channel, ByteBuffer bytes, String name) throws IOException {
        if (steps.size() == faultyStep) {
            channel.write(bytes.slice(bytes.position(), bytes.remaining() / 2));
        }
        step("write " + name);
        return channel.write(bytes);
    }

    void force(FileChannel channel, String name) throws IOException {
        step("force " + name);
        channel.force(true);
    }

    private void step(String what) throws IOException {
        if (killed) {
            throw new Killed();
        }
        boolean isFaulty = steps.size() == faultyStep;
        steps.add(what);
        if (isFaulty && fault == Fault.NO_SPACE) {
            throw new FileSystemException(null, null, "No space left on device");
        }
        if (isFaulty) {
            killed = true;
            throw new Killed();
        }
    }

    private static Path real(Path path) {
        return path.getFileSystem() instanceof DelegatingFileSystem ? Path.of(path.toString()) : path;
    }

    private static String name(Path path) {
        return String.valueOf(path.getFileName());
    }
}
