package io.zonecache.cli.output;

/** An {@link OutputFile} that is being written. Closed before it was committed, a regular file stays as it was. */
public interface OutputWriting extends AutoCloseable {

    /** Where the content goes. Not to be closed. */
    CheckedOutput stream();

    /** All has been written. @throws OutputException if it could not be brought to its place */
    void commit();

    @Override
    void close();
}
