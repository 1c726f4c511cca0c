package io.zonecache.storage.rocksdb;

import io.zonecache.model.file.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a damaged database one that opens: a new manifest lists the tables of segments that are whole, and nothing else. Payloads
 * stay where they are. The stored index is left out, whatever state it is in, so that {@link IndexRebuild} makes another from the
 * segments' records.
 *
 * <p>Reads the first and last blocks of each table, a millisecond or so for each. RocksDB deletes what the new manifest doesn't list
 * when it opens; so a table is left out only if it is proven corrupt, and any other failure to read one ends the repair with
 * everything as it was.
 */
final class StoreRepair {

    private static final Logger LOG = LoggerFactory.getLogger(StoreRepair.class);

    /** Whatever RocksDB has numbered: tables, logs, manifests and options share one counter. */
    private static final Pattern NUMBERED = Pattern.compile("(?:MANIFEST-|OPTIONS-|)(\\d{1,18})(?:\\.sst|\\.log|)");

    /** More than are used up in a millisecond: so repairs by a clock that doesn't fall begin above all that was written before. */
    private static final int SEQUENCES_PER_MILLI_BITS = 14;

    /** More than are used up between two repairs, whatever the clock says. */
    private static final long MIN_STEP = 1L << 40;

    /** RocksDB's sequence numbers have 56 bits; as much again as a step is left for what is written later. */
    private static final long MAX_SEQUENCE = (1L << 56) - MIN_STEP;

    private final Path directory;
    private final StoreMarks marks;
    private final LongSupplier epochMillis;

    /** @param epochMillis the wall clock */
    StoreRepair(Path directory, StoreMarks marks, LongSupplier epochMillis) {
        this.directory = directory;
        this.marks = marks;
        this.epochMillis = epochMillis;
    }

    /** When this returns, the directory opens with what is whole; when it throws, it is as it was. */
    void run() throws RocksDBException, IOException {
        Map<Integer, List<Table>> bySegment = new TreeMap<>();
        long highest = 0;
        int corrupt = 0;
        for (Path path : files()) {
            Matcher numbered = NUMBERED.matcher(path.getFileName().toString());
            if (!numbered.matches()) {
                continue;
            }
            long number = Long.parseLong(numbered.group(1));
            highest = Math.max(highest, number);
            if (path.toString().endsWith(".sst")) {
                try {
                    add(bySegment, path, number);
                } catch (RocksDBException e) {
                    if (!Corruption.isProven(e)) {
                        throw e;
                    }
                    corrupt++;
                    LOG.error("store {}: table {} is corrupt and discarded: {}", directory, number, e.getMessage());
                }
            }
        }
        write(bySegment, highest + 1);
        LOG.warn(
                "store {} repaired: {} tables in {} segments listed again, {} corrupt ones discarded",
                directory,
                bySegment.values().stream().mapToInt(List::size).sum(),
                bySegment.size(),
                corrupt);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private void add(Map<Integer, List<Table>> bySegment, Path path, long number) throws RocksDBException, IOException {
        try (TableScan table = new TableScan(path)) {
            if (!SegmentFamilies.isFamily(table.family())) {
                return;
            }
            TableScan.Range range = table.range();
            int segment = range.segment();
            if (segment > marks.emptiedThrough()) {
                bySegment
                        .computeIfAbsent(segment, id -> new ArrayList<>())
                        .add(new Table(number, Files.size(path), range));
            }
        }
    }

    private void write(Map<Integer, List<Table>> bySegment, long number) throws IOException {
        long lastSequence = Math.min(
                MAX_SEQUENCE,
                Math.max(
                        epochMillis.getAsLong() << SEQUENCES_PER_MILLI_BITS,
                        marks.repairSequence() == 0 ? 0 : marks.repairSequence() + MIN_STEP));
        marks.repairSequence(lastSequence);
        ManifestWriter manifest = new ManifestWriter(number + 1, lastSequence, bySegment.size());
        int family = 0;
        for (List<Table> tables : bySegment.values()) {
            family++;
            manifest.addFamily(family, SegmentFamilies.nameOf(family));
            addTables(manifest, family, tables);
        }
        String name = String.format(Locale.ROOT, "MANIFEST-%06d", number);
        AtomicFile.of(directory.resolve(name)).write(manifest.bytes());
        // Until here a manifest that nothing names was written; RocksDB deletes it.
        AtomicFile.of(directory.resolve(Manifest.CURRENT)).write((name + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private static void addTables(ManifestWriter manifest, int family, List<Table> tables) {
        // Entries are numbered in the order of arrival, and so are the tables that they were flushed to.
        tables.sort(Comparator.comparingLong(Table::number));
        int previousLast = -1;
        for (int i = 0; i < tables.size(); i++) {
            Table table = tables.get(i);
            int nextFirst = i + 1 < tables.size() ? tables.get(i + 1).range.firstSequence() : TableScan.Range.UNKNOWN;
            TableScan.Range range = table.range.between(previousLast, nextFirst);
            manifest.addTable(
                    family,
                    table.number,
                    table.bytes,
                    SegmentKey.of(range.segment(), range.firstSequence()),
                    SegmentKey.of(range.segment(), range.lastSequence()));
            previousLast = range.lastSequence();
        }
    }

    /** A table that is whole. */
    private record Table(long number, long bytes, TableScan.Range range) {}
}
