package io.zonecache.cli.output;

import java.io.IOException;
import java.io.OutputStream;

/** Throws {@link OutputException} where others throw IOException, which {@link java.io.PrintWriter} would swallow. */
public final class CheckedOutput extends OutputStream {

    private final String where;
    private final OutputStream out;

    /** @param where for messages */
    CheckedOutput(String where, OutputStream out) {
        this.where = where;
        this.out = out;
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes) {
        write(bytes, 0, bytes.length);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw new OutputException(where, e);
        }
    }

    @Override
    public void flush() {
        try {
            out.flush();
        } catch (IOException e) {
            throw new OutputException(where, e);
        }
    }

    @Override
    public void close() {
        try {
            out.close();
        } catch (IOException e) {
            throw new OutputException(where, e);
        }
    }
}
