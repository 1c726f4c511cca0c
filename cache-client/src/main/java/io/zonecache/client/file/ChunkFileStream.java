package io.zonecache.client.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/** A channel as a stream, without {@code synchronized}, which would pin a waiting virtual thread. */
final class ChunkFileStream extends InputStream {

    private final ChunkFileChannel channel;
    private long marked;

    ChunkFileStream(ChunkFileChannel channel) {
        this.channel = channel;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        return length == 0 ? 0 : channel.read(ByteBuffer.wrap(target, offset, length));
    }

    @Override
    public long skip(long count) throws IOException {
        long position = channel.position();
        long skipped = Math.max(0, Math.min(count, channel.size() - position));
        channel.position(position + skipped);
        return skipped;
    }

    @Override
    public boolean markSupported() {
        return true;
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // as for the whole class
    public void mark(int readLimit) {
        try {
            marked = channel.position();
        } catch (IOException e) {
            // The channel is closed, so reset will fail.
        }
    }

    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized") // as for the whole class
    public void reset() throws IOException {
        channel.position(marked);
    }

    @Override
    public void close() {
        channel.close();
    }
}
