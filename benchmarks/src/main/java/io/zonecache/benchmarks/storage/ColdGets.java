package io.zonecache.benchmarks.storage;

import io.zonecache.benchmarks.report.Results;
import io.zonecache.storage.StripeStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;

/**
 * GETs that read the disk itself, each stripe once a run: the page cache lets go of the store's files before. Where {@code dd} can't
 * tell the kernel so, there are no rows.
 */
final class ColdGets extends DiskGets {

    private final int count;
    private boolean impossible;

    ColdGets(Path parent, int count) {
        super("store.get.cold", parent, count);
        this.count = count;
    }

    @Override
    public void run(long nanos, Results results) throws IOException {
        close();
        impossible = impossible || !dropPageCache();
        if (impossible) {
            return;
        }
        StripeStore store = store();
        Histogram latencies = Results.histogram();
        long end = System.nanoTime() + nanos;
        // A stride that shares no factor with the number: no read-ahead finds the next one.
        int stride = 7919;
        for (int i = 0; i < count && System.nanoTime() - end < 0; i++) {
            latencies.recordValue(get(store, BenchStripes.key((long) i * stride % count)));
        }
        results.addLatencies(name(), latencies);
    }

    private boolean dropPageCache() throws IOException {
        List<Path> files;
        try (Stream<Path> tree = Files.walk(directory())) {
            files = tree.filter(Files::isRegularFile).toList();
        }
        for (Path file : files) {
            Process dd = new ProcessBuilder("dd", "if=" + file, "iflag=nocache", "count=0", "status=none")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try {
                if (dd.waitFor() != 0) {
                    return false;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return true;
    }
}
