package io.zonecache.server.http;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** HTTP/2 with prior knowledge, frame by frame, so that a test sees each and may send what it likes. */
public final class RawHttp2 implements AutoCloseable {

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;

    private static final int ACK = 1;
    private static final int END_STREAM = 1;
    private static final int END_HEADERS = 4;
    private static final int CANCEL = 8;
    private static final int TIMEOUT_MILLIS = 60_000;

    /** {@code :status: 200} in HPACK's static table. */
    private static final byte STATUS_200 = (byte) 0x88;

    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;

    public RawHttp2(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(TIMEOUT_MILLIS);
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(socket.getOutputStream());
        out.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        send(SETTINGS, 0, 0, new byte[0]);
    }

    public RawHttp2 get(int streamId, String path) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.write(0x82); // :method: GET
        block.write(0x86); // :scheme: http
        literal(block, 4, path); // :path
        literal(block, 1, "n"); // :authority
        send(HEADERS, END_STREAM | END_HEADERS, streamId, block.toByteArray());
        return this;
    }

    void cancel(int streamId) throws IOException {
        send(RST_STREAM, 0, streamId, new byte[] {0, 0, 0, CANCEL});
    }

    /** The next frame that isn't about settings or windows. @throws EOFException if the connection is closed instead */
    Frame receive() throws IOException {
        while (true) {
            int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int streamId = in.readInt();
            byte[] payload = in.readNBytes(length);
            if (payload.length < length) {
                throw new EOFException("closed within a frame of type " + type);
            }
            if (type == SETTINGS && flags != ACK) {
                send(SETTINGS, ACK, 0, new byte[0]);
            } else if (type != SETTINGS && type != WINDOW_UPDATE) {
                return new Frame(type, flags, streamId, payload);
            }
        }
    }

    /** The next answer, whole. */
    public Answer answer() throws IOException {
        Frame head = receive();
        if (head.type() != HEADERS) {
            throw new IOException("frame of type " + head.type() + " (expected: an answer's head)");
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (Frame last = head; (last.flags() & END_STREAM) == 0; ) {
            last = receive();
            body.write(last.payload());
        }
        return new Answer(head.streamId(), head.payload()[0] == STATUS_200, body.toString(StandardCharsets.ISO_8859_1));
    }

    boolean isClosedByNode() throws IOException {
        try {
            receive();
            return false;
        } catch (EOFException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    private void send(int type, int flags, int streamId, byte[] payload) throws IOException {
        out.writeByte(payload.length >> 16);
        out.writeShort(payload.length & 0xFFFF);
        out.writeByte(type);
        out.writeByte(flags);
        out.writeInt(streamId);
        out.write(payload);
        out.flush();
    }

    private static void literal(ByteArrayOutputStream block, int nameIndex, String value) {
        block.write(nameIndex);
        block.write(value.length());
        block.writeBytes(value.getBytes(StandardCharsets.US_ASCII));
    }

    public record Answer(int streamId, boolean isOk, String body) {}

    @SuppressWarnings("ArrayRecordComponent") // nobody compares frames
    record Frame(int type, int flags, int streamId, byte[] payload) {

        /** Of a {@code GOAWAY}. */
        int lastStreamId() {
            return ByteBuffer.wrap(payload).getInt();
        }

        int errorCode() {
            return ByteBuffer.wrap(payload).getInt(4);
        }
    }
}
