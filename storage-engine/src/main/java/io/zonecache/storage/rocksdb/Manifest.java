package io.zonecache.storage.rocksdb;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.rocksdb.RocksDBException;

/**
 * The file in which RocksDB says which files are alive, looked at before RocksDB reads it: at some damages, as small as one bit of a
 * record's type, RocksDB 11.8 reads the same place for ever.
 */
final class Manifest {

    static final String CURRENT = "CURRENT";

    private final ByteBuffer bytes;

    private Manifest(ByteBuffer bytes) {
        this.bytes = bytes.order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Whether there is a database in the directory. Passes a manifest of whole records only: one that ends within a record, or in zeros,
     * may lack others, and RocksDB deletes every table that its manifest doesn't list.
     *
     * @throws RocksDBException a {@code Corruption} if the manifest is damaged, or is missing beside its tables
     * @throws IOException if it can't be read
     */
    static boolean check(Path directory) throws RocksDBException, IOException {
        Path current = directory.resolve(CURRENT);
        if (!Files.exists(current)) {
            if (hasTables(directory)) {
                throw Corruption.of(CURRENT + ": missing beside table files (expected: the manifest's name)");
            }
            return false;
        }
        String name = Files.readString(current, StandardCharsets.ISO_8859_1).strip();
        if (!name.matches("MANIFEST-\\d+") || !Files.isRegularFile(directory.resolve(name))) {
            throw Corruption.of(
                    CURRENT + ": names no manifest (expected: MANIFEST- and the number of one that is there)");
        }
        byte[] bytes = Files.readAllBytes(directory.resolve(name));
        int damagedAt = new Manifest(ByteBuffer.wrap(bytes)).damagedAt();
        if (damagedAt >= 0) {
            throw Corruption.of(
                    name + ": damaged at byte " + damagedAt + " of " + bytes.length + " (expected: whole records)");
        }
        return true;
    }

    private static boolean hasTables(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.anyMatch(file -> file.toString().endsWith(".sst"));
        }
    }

    /** Where the first record begins that isn't whole; -1 if all are. */
    private int damagedAt() {
        int at = 0;
        while (bytes.limit() - at >= ManifestLog.HEADER_BYTES) {
            int leftInBlock = ManifestLog.BLOCK_BYTES - at % ManifestLog.BLOCK_BYTES;
            if (leftInBlock < ManifestLog.HEADER_BYTES) {
                at += leftInBlock;
                continue;
            }
            int recordBytes =
                    ManifestLog.HEADER_BYTES + Short.toUnsignedInt(bytes.getShort(at + ManifestLog.LENGTH_AT));
            boolean isWhole = recordBytes <= Math.min(leftInBlock, bytes.limit() - at);
            if (!isWhole || !isSound(at, recordBytes)) {
                return at;
            }
            at += recordBytes;
        }
        return at == bytes.limit() && at > 0 ? -1 : at;
    }

    private boolean isSound(int at, int recordBytes) {
        int type = bytes.get(at + ManifestLog.TYPE_AT);
        if (type < ManifestLog.WHOLE || type > ManifestLog.LAST) {
            return false;
        }
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(at + ManifestLog.TYPE_AT, recordBytes - ManifestLog.TYPE_AT));
        return bytes.getInt(at) == ManifestLog.masked(crc);
    }
}
