package io.zonecache.benchmarks.storage;

import io.zonecache.model.ChunkKey;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * One keep-alive connection to a node, one request at a time, without garbage but for the request's line: what is measured is the node,
 * the kernel and as little else as can be. Not thread-safe.
 */
final class NodeConnection implements AutoCloseable {

    static final int OK = 200;
    static final int NO_CONTENT = 204;
    static final int BUSY = 503;

    private static final int BUFFER_BYTES = 256 * 1024;
    private static final byte[] HEAD_END = {'\r', '\n', '\r', '\n'};
    private static final byte[] LENGTH = "\r\ncontent-length: ".getBytes(StandardCharsets.US_ASCII);
    private static final int STATUS_AT = 9;

    private final SocketChannel channel;
    private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ByteBuffer head = ByteBuffer.allocateDirect(1024);
    private final ByteBuffer[] gather = new ByteBuffer[2];

    NodeConnection(int port) throws IOException {
        channel = SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }

    static String stripesPath(ChunkKey key) {
        return "/v1/chunks/" + key + "/stripes";
    }

    /** The answer's status. */
    int get(String path) throws IOException {
        startHead("GET " + path + " HTTP/1.1\r\nHost: n\r\n\r\n");
        while (head.hasRemaining()) {
            channel.write(head);
        }
        return receive();
    }

    /** As a write after a fill, which an unhurried node always takes. */
    int put(String path, ByteBuffer body) throws IOException {
        startHead("PUT " + path + " HTTP/1.1\r\nHost: n\r\nZonecache-Lease: bench\r\nContent-Length: "
                + body.remaining() + "\r\n\r\n");
        gather[0] = head;
        gather[1] = body;
        while (body.hasRemaining()) {
            channel.write(gather);
        }
        return receive();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private void startHead(String text) {
        head.clear();
        for (int i = 0; i < text.length(); i++) {
            head.put((byte) text.charAt(i));
        }
        head.flip();
    }

    private int receive() throws IOException {
        in.clear();
        int headEnd;
        do {
            fill();
            headEnd = indexOf(HEAD_END, in.position());
        } while (headEnd < 0);
        int status = number(STATUS_AT);
        int lengthAt = indexOf(LENGTH, headEnd + 2);
        long left = lengthAt < 0 ? 0 : number(lengthAt + LENGTH.length);
        left -= in.position() - headEnd - HEAD_END.length;
        while (left > 0) {
            in.clear();
            left -= fill();
        }
        return status;
    }

    private int fill() throws IOException {
        int bytes = channel.read(in);
        if (bytes < 0) {
            throw new EOFException("connection: closed by the node (expected: an answer)");
        }
        return bytes;
    }

    private int indexOf(byte[] wanted, int limit) {
        for (int at = 0; at <= limit - wanted.length; at++) {
            int i = 0;
            while (i < wanted.length && in.get(at + i) == wanted[i]) {
                i++;
            }
            if (i == wanted.length) {
                return at;
            }
        }
        return -1;
    }

    private int number(int from) {
        int number = 0;
        for (int at = from; in.get(at) >= '0' && in.get(at) <= '9'; at++) {
            number = number * 10 + in.get(at) - '0';
        }
        return number;
    }
}
