package io.zonecache.cli.output;

import io.zonecache.model.IoReasons;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;

/** A regular file whose new content is written beside it and takes its place as a whole. */
final class ReplacedFile implements OutputWriting {

    private final String where;
    private final Path target;
    private final Path part;
    private final FileChannel channel;
    private final CheckedOutput stream;

    private ReplacedFile(String where, Path target, Path part, FileChannel channel) {
        this.where = where;
        this.target = target;
        this.part = part;
        this.channel = channel;
        this.stream = new CheckedOutput(where, Channels.newOutputStream(channel));
    }

    /** @param target no link */
    static ReplacedFile open(String where, Path target) throws IOException {
        // Not the target's own name, which may be as long as names can be.
        Path part = target.resolveSibling(
                ".zonecache-" + ProcessHandle.current().pid() + "-" + System.nanoTime() + ".part");
        FileChannel channel = FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        part.toFile().deleteOnExit();
        ReplacedFile file = new ReplacedFile(where, target, part, channel);
        try {
            if (Files.exists(target)) {
                copyRights(target, part);
            }
            return file;
        } catch (IOException e) {
            file.close();
            throw e;
        }
    }

    private static void copyRights(Path from, Path to) throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(to, PosixFileAttributeView.class);
        if (view == null) {
            return;
        }
        PosixFileAttributes rights = Files.readAttributes(from, PosixFileAttributes.class);
        try {
            view.setGroup(rights.group());
            view.setOwner(rights.owner());
        } catch (FileSystemException e) {
            // Only root may give files away; as with other programs that replace a file, it is the caller's then.
        }
        view.setPermissions(rights.permissions());
    }

    @Override
    public CheckedOutput stream() {
        return stream;
    }

    @Override
    public void commit() {
        try {
            channel.force(true);
            channel.close();
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new OutputException(where, e);
        }
    }

    @Override
    public void close() {
        try (channel) {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            throw new OutputException(where, "part " + part + " stays: " + IoReasons.of(e), "to remove it");
        }
    }
}
