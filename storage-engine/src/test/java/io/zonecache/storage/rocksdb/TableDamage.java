package io.zonecache.storage.rocksdb;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Damages table files of a store that is closed. */
final class TableDamage {

    /** In the first entry, whatever the table is of. */
    private static final int IN_FIRST_ENTRY = 20;

    private static final int FIRST_BYTES = 4096;

    private TableDamage() {}

    static void flipOneBitOfTheIndex(Path store) throws IOException {
        List<Path> tables = tables(store, false);
        if (tables.isEmpty()) {
            throw new AssertionError("no table of the index");
        }
        flipOneBit(tables.get(0), IN_FIRST_ENTRY);
    }

    static void flipOneBitOfTheFirstEntry(Path table) throws IOException {
        flipOneBit(table, IN_FIRST_ENTRY);
    }

    static void flipOneBit(Path path, long at) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            file.seek(at);
            int before = file.read();
            file.seek(at);
            file.write(before ^ 1);
        }
    }

    /** @param ofSegments or else of the index */
    static List<Path> tables(Path store, boolean ofSegments) throws IOException {
        try (Stream<Path> files = Files.list(store)) {
            return files.filter(file -> file.toString().endsWith(".sst"))
                    .filter(file -> isOfSegment(file) == ofSegments)
                    .sorted()
                    .toList();
        }
    }

    /** Records begin so; an index has keys and places. */
    static boolean isOfSegment(Path table) {
        try (InputStream in = Files.newInputStream(table)) {
            return new String(in.readNBytes(FIRST_BYTES), StandardCharsets.ISO_8859_1).contains("ZCS1");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
