package io.zonecache.client.file;

import io.zonecache.client.Chunk;
import io.zonecache.client.internal.transport.Blocking;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.util.concurrent.locks.ReentrantLock;

/** A read-only channel over a file. Readers wait for each other on a lock that virtual threads may wait on; closing ends their waits. */
final class ChunkFileChannel implements SeekableByteChannel {

    private final long fileBytes;
    private final ReadAhead chunks;
    private final ReentrantLock lock = new ReentrantLock();
    private long position;
    private volatile boolean isOpen = true;

    ChunkFileChannel(long fileBytes, ReadAhead chunks) {
        this.fileBytes = fileBytes;
        this.chunks = chunks;
    }

    /** Fills the buffer; reads fewer bytes only at the end of the file, or if the next chunk fails, which the next read then reports. */
    @Override
    public int read(ByteBuffer target) throws IOException {
        Blocking.check();
        enter();
        try {
            if (position >= fileBytes) {
                return -1;
            }
            int before = target.position();
            while (target.hasRemaining() && position < fileBytes) {
                Chunk chunk;
                try {
                    chunk = chunks.at(position);
                } catch (IOException e) {
                    if (target.position() > before && isOpen) {
                        break;
                    }
                    throw e;
                }
                position += chunk.copyTo((int) chunks.offsetBytes(position), target);
            }
            return target.position() - before;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long position() throws IOException {
        enter();
        try {
            return position;
        } finally {
            lock.unlock();
        }
    }

    /** May be beyond the end; nothing is read there. */
    @Override
    public SeekableByteChannel position(long newPosition) throws IOException {
        if (newPosition < 0) {
            throw new IllegalArgumentException("position: " + newPosition + " (expected: 0 or more)");
        }
        enter();
        try {
            position = newPosition;
            return this;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long size() throws IOException {
        if (!isOpen) {
            throw new ClosedChannelException();
        }
        return fileBytes;
    }

    @Override
    public int write(ByteBuffer source) {
        throw new NonWritableChannelException();
    }

    @Override
    public SeekableByteChannel truncate(long size) {
        throw new NonWritableChannelException();
    }

    @Override
    public boolean isOpen() {
        return isOpen;
    }

    @Override
    public void close() {
        isOpen = false;
        chunks.close();
        lock.lock();
        try {
            chunks.clear();
        } finally {
            lock.unlock();
        }
    }

    private void enter() throws IOException {
        try {
            lock.lockInterruptibly();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Waiting.interrupted("a file whose channel another thread reads from");
        }
        if (!isOpen) {
            lock.unlock();
            throw new ClosedChannelException();
        }
    }
}
