package io.zonecache.storage.rocksdb;

import java.nio.ByteBuffer;

/** What an entry of a segment is stored under: the segment's id and the entry's number in order of arrival, four bytes each, big-endian. */
final class SegmentKey {

    static final int BYTES = 2 * Integer.BYTES;

    private SegmentKey() {}

    static byte[] of(int segment, int sequence) {
        return ByteBuffer.allocate(BYTES).putInt(segment).putInt(sequence).array();
    }

    static boolean isOne(byte[] key) {
        return key.length == BYTES;
    }

    static int segmentOf(byte[] key) {
        return ByteBuffer.wrap(key).getInt();
    }

    static int sequenceOf(byte[] key) {
        return ByteBuffer.wrap(key).getInt(Integer.BYTES);
    }
}
