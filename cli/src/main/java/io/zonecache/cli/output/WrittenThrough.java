package io.zonecache.cli.output;

/** Output that reaches its reader as it is written.
 *
 * @param isOwned whether the stream ends with this output
 */
record WrittenThrough(CheckedOutput stream, boolean isOwned) implements OutputWriting {

    @Override
    public void commit() {
        stream.flush();
    }

    @Override
    public void close() {
        if (isOwned) {
            stream.close();
        }
    }
}
