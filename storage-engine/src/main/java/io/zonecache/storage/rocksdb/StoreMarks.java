package io.zonecache.storage.rocksdb;

import io.zonecache.model.file.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must be known of a store whose index or manifest is lost, in a file beside RocksDB's.
 *
 * <p>Two slots in two disk sectors, written in turns and in place, so that a write that is cut short leaves the other slot, and a full
 * disk can be emptied. A slot, big-endian:
 *
 * <pre>
 *   0        4            12                20                24     28
 *   +--------+------------+-----------------+-----------------+------+
 *   | "ZCSM" | generation | repair sequence | emptied through | crc  |
 *   |   4    |     8      |       8         |       4         |  4   |
 *   +--------+------------+-----------------+-----------------+------+
 * </pre>
 *
 * The CRC32C covers what is before it. Written by one thread at a time, read by any.
 */
final class StoreMarks {

    static final String FILE = "marks";

    static final int SLOT_BYTES = 512;
    private static final int SLOTS = 2;
    private static final int CONTENT_BYTES = 28;
    private static final int CRC_AT = CONTENT_BYTES - Integer.BYTES;
    private static final int MAGIC = 0x5A43534D;

    private static final Logger LOG = LoggerFactory.getLogger(StoreMarks.class);

    private final Path file;
    private long generation;
    private volatile long repairSequence;
    private volatile int emptiedThrough;

    private StoreMarks(Path directory) {
        this.file = directory.resolve(FILE);
    }

    /** Makes the file if there is none; where it can't be made now, as on a full disk, the first mark does. */
    static StoreMarks open(Path directory) throws IOException {
        StoreMarks marks = new StoreMarks(directory);
        if (Files.exists(marks.file)) {
            marks.load();
        }
        if (marks.generation == 0) {
            try {
                marks.write(0, 0);
            } catch (IOException e) {
                LOG.warn("{}: can't be written now", marks.file, e);
            }
        }
        return marks;
    }

    /**
     * Segments up to this id are void since the store was emptied, 0 for none. On disk before the first of them goes: without it, an
     * emptying that was cut short would be undone when the index is rebuilt from the segments.
     */
    int emptiedThrough() {
        return emptiedThrough;
    }

    /** On disk when this returns; if it throws, the disk may have either. */
    void emptiedThrough(int segment) throws IOException {
        write(repairSequence, segment);
        emptiedThrough = segment;
    }

    /** RocksDB's sequence number that the last repair began at; 0 if there was none. */
    long repairSequence() {
        return repairSequence;
    }

    /** On disk when this returns. */
    void repairSequence(long sequence) throws IOException {
        write(sequence, emptiedThrough);
        repairSequence = sequence;
    }

    private void load() throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        for (int slot = 0; slot < SLOTS && bytes.length >= slot * SLOT_BYTES + CONTENT_BYTES; slot++) {
            ByteBuffer content =
                    ByteBuffer.wrap(bytes, slot * SLOT_BYTES, CONTENT_BYTES).slice();
            int crc = crcOf(content.duplicate());
            boolean isMark = content.getInt() == MAGIC;
            long slotGeneration = content.getLong();
            long sequence = content.getLong();
            int segment = content.getInt();
            if (isMark && content.getInt() == crc && slotGeneration > generation) {
                generation = slotGeneration;
                repairSequence = sequence;
                emptiedThrough = segment;
            }
        }
        if (generation == 0) {
            LOG.warn(
                    "{}: unreadable, taken for a store that was never emptied (expected: a slot with a sound CRC)",
                    file);
        }
    }

    private void write(long sequence, int segment) throws IOException {
        if (generation == 0) {
            // At its full size from the beginning, so that no later write needs room.
            AtomicFile.of(file).write(new byte[SLOTS * SLOT_BYTES]);
        }
        long next = generation + 1;
        ByteBuffer content = ByteBuffer.allocate(CONTENT_BYTES);
        content.putInt(MAGIC).putLong(next).putLong(sequence).putInt(segment);
        content.putInt(crcOf(content.duplicate().flip())).flip();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(content, next % SLOTS * SLOT_BYTES);
            channel.force(true);
        }
        generation = next;
    }

    private static int crcOf(ByteBuffer content) {
        CRC32C crc = new CRC32C();
        crc.update(content.limit(CRC_AT));
        return (int) crc.getValue();
    }
}
