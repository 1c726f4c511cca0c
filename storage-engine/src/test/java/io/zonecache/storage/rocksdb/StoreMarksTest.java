package io.zonecache.storage.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.storage.FastDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreMarksTest {

    @TempDir(factory = FastDisk.class)
    Path data;

    @Test
    void shouldKnowAfterARestartWhatWasSetLast() throws IOException {
        StoreMarks marks = StoreMarks.open(data);
        marks.emptiedThrough(3);
        marks.repairSequence(1L << 50);
        marks.emptiedThrough(9);

        assertThat(StoreMarks.open(data).emptiedThrough()).isEqualTo(9);
        assertThat(StoreMarks.open(data).repairSequence()).isEqualTo(1L << 50);
    }

    @Test
    void shouldTakeNoRoomThatItHadNotFromTheBeginning() throws IOException {
        StoreMarks marks = StoreMarks.open(data);
        long before = Files.size(data.resolve(StoreMarks.FILE));
        for (int i = 0; i < 10; i++) {
            marks.emptiedThrough(i);
        }
        assertThat(Files.size(data.resolve(StoreMarks.FILE))).isEqualTo(before);
    }

    @Test
    void shouldHaveThePreviousMarkOrTheNewOneWhereverAWriteIsCutShort() throws IOException {
        StoreMarks marks = StoreMarks.open(data);
        marks.emptiedThrough(3);
        Path file = data.resolve(StoreMarks.FILE);
        byte[] before = Files.readAllBytes(file);
        marks.emptiedThrough(4);
        byte[] after = Files.readAllBytes(file);
        for (int written = 0; written <= after.length; written++) {
            byte[] cut = Arrays.copyOf(after, after.length);
            System.arraycopy(before, written, cut, written, before.length - written);
            Files.write(file, cut);
            assertThat(StoreMarks.open(data).emptiedThrough())
                    .as("cut at " + written)
                    .isIn(3, 4);
        }
    }

    @Test
    void shouldTakeAFileOfAnyLengthThatItCannotReadForOneWithoutMarks() throws IOException {
        StoreMarks.open(data).emptiedThrough(3);
        Path file = data.resolve(StoreMarks.FILE);
        for (int length : new int[] {0, 1, 27, 511}) {
            Files.write(file, new byte[length]);
            StoreMarks marks = StoreMarks.open(data);
            assertThat(marks.emptiedThrough()).isZero();
            marks.emptiedThrough(5);
            assertThat(StoreMarks.open(data).emptiedThrough()).isEqualTo(5);
        }
    }
}
