package io.zonecache.storage.rocksdb;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of a manifest that lists given table files, as RocksDB's own {@code RepairDB} writes it, which its Java interface lacks:
 * {@code VersionEdit} records, whose tags RocksDB never changes (db/version_edit.h). Not thread-safe.
 */
final class ManifestWriter {

    private static final int COMPARATOR = 1;
    private static final int LOG_NUMBER = 2;
    private static final int NEXT_FILE_NUMBER = 3;
    private static final int LAST_SEQUENCE = 4;
    private static final int PREVIOUS_LOG_NUMBER = 9;
    private static final int NEW_FILE = 103;
    private static final int END_OF_FILE = 1;
    private static final int FAMILY = 200;
    private static final int ADD_FAMILY = 201;
    private static final int MAX_FAMILY = 203;

    private static final byte[] BYTEWISE = "leveldb.BytewiseComparator".getBytes(StandardCharsets.US_ASCII);

    /** In an internal key: a value, not a deletion. */
    private static final int VALUE = 1;

    /** Sorts before every other entry of its user key, as later ones do. */
    private static final long MAX_SEQUENCE = (1L << 56) - 1;

    private final ByteArrayOutputStream file = new ByteArrayOutputStream();
    private ByteArrayOutputStream edit = new ByteArrayOutputStream();

    /**
     * Begins with what holds for the whole database.
     *
     * @param nextFileNumber above that of every file, this manifest's own included
     * @param lastSequence at least that of every entry; entries above it would not be found
     * @param families how many there are beside the default one, numbered from 1
     */
    ManifestWriter(long nextFileNumber, long lastSequence, int families) {
        number(COMPARATOR);
        bytes(BYTEWISE);
        number(LOG_NUMBER);
        number(0);
        number(PREVIOUS_LOG_NUMBER);
        number(0);
        number(NEXT_FILE_NUMBER);
        number(nextFileNumber);
        number(LAST_SEQUENCE);
        number(lastSequence);
        number(MAX_FAMILY);
        number(families);
        endEdit();
    }

    void addFamily(int family, byte[] name) {
        number(COMPARATOR);
        bytes(BYTEWISE);
        number(FAMILY);
        number(family);
        number(ADD_FAMILY);
        bytes(name);
        endEdit();
        number(FAMILY);
        number(family);
        number(LOG_NUMBER);
        number(0);
        endEdit();
    }

    /** In level 0. The keys of a family's tables must not overlap: nothing tells which is the later. */
    void addTable(int family, long fileNumber, long fileBytes, byte[] smallestKey, byte[] largestKey) {
        number(FAMILY);
        number(family);
        number(NEW_FILE);
        number(0);
        number(fileNumber);
        number(fileBytes);
        bytes(internalKey(smallestKey, MAX_SEQUENCE));
        bytes(internalKey(largestKey, 0));
        number(0);
        number(0);
        number(END_OF_FILE);
        endEdit();
    }

    byte[] bytes() {
        return file.toByteArray();
    }

    private static byte[] internalKey(byte[] key, long sequence) {
        return ByteBuffer.allocate(key.length + Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(key)
                .putLong(sequence << Byte.SIZE | VALUE)
                .array();
    }

    /** As a varint: seven bits a byte, the lowest first. */
    private void number(long value) {
        long rest = value;
        while (rest >= 0x80) {
            edit.write((int) ((rest & 0x7F) | 0x80));
            rest >>>= 7;
        }
        edit.write((int) rest);
    }

    private void bytes(byte[] value) {
        number(value.length);
        edit.writeBytes(value);
    }

    private void endEdit() {
        append(edit.toByteArray());
        edit = new ByteArrayOutputStream();
    }

    private void append(byte[] record) {
        int at = 0;
        do {
            int left = ManifestLog.BLOCK_BYTES - file.size() % ManifestLog.BLOCK_BYTES;
            if (left < ManifestLog.HEADER_BYTES) {
                file.writeBytes(new byte[left]);
                left = ManifestLog.BLOCK_BYTES;
            }
            int length = Math.min(record.length - at, left - ManifestLog.HEADER_BYTES);
            boolean isLast = at + length == record.length;
            int type = at == 0
                    ? isLast ? ManifestLog.WHOLE : ManifestLog.FIRST
                    : isLast ? ManifestLog.LAST : ManifestLog.MIDDLE;
            file.writeBytes(ManifestLog.header(type, record, at, length).array());
            file.write(record, at, length);
            at += length;
        } while (at < record.length);
    }
}
