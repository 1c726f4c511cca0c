package io.zonecache.storage.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.zonecache.storage.FastDisk;
import io.zonecache.storage.TestStripes;
import io.zonecache.storage.index.Records;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;

/**
 * That damage to the structure of a block neither ends the process nor passes for a value. With {@code verify_checksums} off it does
 * end it, which is why that stays on though the record has a checksum of its own.
 */
class DamagedBlockTest {

    private static final int PAYLOAD_BYTES = 128 << 10;
    private static final int VALUES = 3;

    /** What lies before a value in its block: three lengths and a key. After it: restart points, their number, kind and checksum. */
    private static final int HEAD_BYTES = 20;

    private static final int TAIL_BYTES = 13;
    private static final int RANDOM_ROUNDS = 1_000;

    @TempDir(factory = FastDisk.class)
    Path data;

    @Test
    void shouldSurviveEveryFlippedBitInTheStructureOfALargeValuesBlock() throws RocksDBException, IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        NativeLibrary.load(data);
        try (SegmentDb db = new SegmentDb(data, 8 << 20, 128)) {
            Segment segment = fill(db);
            try (RandomAccessFile file = new RandomAccessFile(payloadFile().toFile(), "rw")) {
                byte[] record = TestStripes.record(1, PAYLOAD_BYTES).bytes().array();
                int start = positionOf(record, file);
                int end = start + record.length;
                for (int at = start - HEAD_BYTES; at < end + TAIL_BYTES; at = at + 1 == start ? end : at + 1) {
                    for (int bit = 0; bit < Byte.SIZE; bit++) {
                        byte[] before = flip(file, at, 1 << bit);
                        assertHarmless(db, segment, "bit " + bit + " at " + (at - start));
                        restore(file, at, before);
                    }
                }
                for (int round = 0; round < RANDOM_ROUNDS; round++) {
                    int at = random.nextBoolean()
                            ? start - 1 - random.nextInt(HEAD_BYTES)
                            : end + random.nextInt(TAIL_BYTES);
                    byte[] first = flip(file, at, random.nextInt(256));
                    byte[] second = flip(file, at + 1, random.nextInt(256));
                    assertHarmless(db, segment, "seed " + seed + ", round " + round);
                    restore(file, at + 1, second);
                    restore(file, at, first);
                }
                assertThat(isIntact(db, segment, 1)).as("restored").isTrue();
            }
        }
    }

    /** Each value is what was stored, or found not to be. */
    private static void assertHarmless(SegmentDb db, Segment segment, String what) {
        for (int number = 0; number < VALUES; number++) {
            try {
                isIntact(db, segment, number);
            } catch (RocksDBException found) {
                assertThat(found.getStatus()).as(what).isNotNull();
            }
        }
    }

    private static boolean isIntact(SegmentDb db, Segment segment, int number) throws RocksDBException {
        byte[] record = TestStripes.record(number, PAYLOAD_BYTES).bytes().array();
        ByteBuffer target = ByteBuffer.allocateDirect(record.length);
        boolean found = db.read(segment, number, target);
        ByteBuf value = Unpooled.wrappedBuffer(target.clear());
        boolean intact = found && Records.areIntact(TestStripes.key(number), value);
        if (intact) {
            byte[] bytes = new byte[record.length];
            value.readBytes(bytes);
            assertThat(bytes).isEqualTo(record);
        }
        return intact;
    }

    private static Segment fill(SegmentDb db) throws RocksDBException {
        Segment segment = db.createSegment(1);
        for (int number = 0; number < VALUES; number++) {
            ByteBuf value = TestStripes.value(TestStripes.record(number, PAYLOAD_BYTES));
            db.append(segment, number, value.nioBuffer());
            value.release();
        }
        db.flush(List.of(segment));
        return segment;
    }

    private Path payloadFile() throws IOException {
        try (Stream<Path> files = Files.list(data)) {
            return files.filter(file -> file.toString().endsWith(".sst"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static int positionOf(byte[] record, RandomAccessFile file) throws IOException {
        byte[] all = new byte[(int) file.length()];
        file.seek(0);
        file.readFully(all);
        for (int at = 0; at + record.length <= all.length; at++) {
            if (ByteBuffer.wrap(all, at, record.length).equals(ByteBuffer.wrap(record))) {
                return at;
            }
        }
        throw new AssertionError("no record in the file");
    }

    private static byte[] flip(RandomAccessFile file, int at, int mask) throws IOException {
        byte[] before = new byte[1];
        file.seek(at);
        file.readFully(before);
        restore(file, at, new byte[] {(byte) (before[0] ^ mask)});
        return before;
    }

    private static void restore(RandomAccessFile file, int at, byte[] bytes) throws IOException {
        file.seek(at);
        file.write(bytes);
    }
}
