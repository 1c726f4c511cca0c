package io.zonecache.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.Test;

final class IoReasonsTest {

    @Test
    void shouldSayWhatTheExceptionsTextDoesNot() {
        assertThat(IoReasons.of(new NoSuchFileException("f"))).isEqualTo("not found");
        assertThat(IoReasons.of(new AccessDeniedException("f"))).isEqualTo("permission denied");
        assertThat(IoReasons.of(new FileAlreadyExistsException("f"))).isEqualTo("exists already");
        assertThat(IoReasons.of(new MalformedInputException(1))).isEqualTo("not UTF-8 text");
        assertThat(IoReasons.of(new IOException("Bad file descriptor"))).isEqualTo("closed");
        assertThat(IoReasons.of(new EOFException())).isEqualTo("EOFException");
    }

    @Test
    void shouldLeaveTheFileToTheMessageThatNamesIt() {
        assertThat(IoReasons.of(new FileSystemException("f", null, "Read-only file system")))
                .isEqualTo("Read-only file system");
        assertThat(IoReasons.of(new IOException("Is a directory"))).isEqualTo("Is a directory");
    }
}
