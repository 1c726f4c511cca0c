package io.zonecache.benchmarks.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * What a read from the disk tier costs, in one thread, next to what the disk and the page cache give without a store.
 *
 * <p>{@code java ... io.zonecache.benchmarks.storage.DiskReadMain DIRECTORY [STRIPES] [ROUNDS]}; fio and dd must be installed. The store
 * that it makes in the directory (2 GiB) stays there for the next run. Each round reads a tenth of the stripes from a dropped page
 * cache, once through the store and once with fio, in turns; then in memory, store and {@code pread} in turns.
 */
final class DiskReadMain {

    private static final int PAYLOAD_BYTES = 128 << 10;
    private static final int STRIPES = 16_384;
    private static final int ROUNDS = 7;

    private final DiskReadStore store;
    private final int stripes;
    private final int rounds;
    private final List<Path> files;
    private final Random random = new Random(7);

    private DiskReadMain(DiskReadStore store, int stripes, int rounds) throws IOException {
        this.store = store;
        this.stripes = stripes;
        this.rounds = rounds;
        this.files = store.payloadFiles();
    }

    public static void main(String[] arguments) throws IOException, InterruptedException {
        int stripes = arguments.length > 1 ? Integer.parseInt(arguments[1]) : STRIPES;
        int rounds = arguments.length > 2 ? Integer.parseInt(arguments[2]) : ROUNDS;
        try (DiskReadStore store = DiskReadStore.filled(Path.of(arguments[0]), stripes, PAYLOAD_BYTES)) {
            DiskReadMain measurement = new DiskReadMain(store, stripes, rounds);
            measurement.fromDisk();
            measurement.fromPageCache();
        }
    }

    private void fromDisk() throws IOException, InterruptedException {
        int reads = Math.max(1, stripes / 10);
        double[] ratios = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            int[] numbers = store.sample(reads, random);
            DiskReadFio.dropFromPageCache(files);
            double ours = 1e9
                    * reads
                    * store.recordBytes()
                    / Arrays.stream(nanosOfStore(numbers)).sum();
            DiskReadFio.dropFromPageCache(files);
            double fio = DiskReadFio.readBytesPerSecond(
                    files, store.recordBytes(), (long) reads * store.recordBytes(), round + 1);
            ratios[round] = ours / fio;
            say("disk: store %.0f MB/s, fio %.0f MB/s, ratio %.2f", ours / 1e6, fio / 1e6, ratios[round]);
        }
        Arrays.sort(ratios);
        say("disk: ratio %.2f at the median of %d (at least 0.7 wanted)", ratios[rounds / 2], rounds);
    }

    private void fromPageCache() throws IOException {
        List<FileChannel> channels = new ArrayList<>();
        for (Path file : files) {
            channels.add(FileChannel.open(file, StandardOpenOption.READ));
        }
        // Few enough to stay in memory on a small machine, and read before they are measured.
        int[] numbers = store.sample(Math.max(1, stripes / 4), random);
        nanosOfStore(numbers);
        nanosOfPread(channels, numbers);
        double[] ratios = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            long ours = medianOf(nanosOfStore(numbers));
            long pread = medianOf(nanosOfPread(channels, numbers));
            ratios[round] = (double) ours / pread;
            say("memory: store %.1f us, pread %.1f us, ratio %.2f", ours / 1e3, pread / 1e3, ratios[round]);
        }
        Arrays.sort(ratios);
        say("memory: ratio %.2f at the median of %d (at most 3 wanted)", ratios[rounds / 2], rounds);
        for (FileChannel channel : channels) {
            channel.close();
        }
    }

    private long[] nanosOfStore(int[] numbers) {
        long[] nanos = new long[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            long started = System.nanoTime();
            store.read(numbers[i]);
            nanos[i] = System.nanoTime() - started;
        }
        return nanos;
    }

    /** As many bytes from as many places as the store reads, the same ones in every round. */
    private long[] nanosOfPread(List<FileChannel> channels, int[] numbers) throws IOException {
        ByteBuffer target = ByteBuffer.allocateDirect(store.recordBytes());
        long[] nanos = new long[numbers.length];
        for (int i = 0; i < numbers.length; i++) {
            FileChannel channel = channels.get(numbers[i] % channels.size());
            long records = channel.size() / target.capacity();
            long at = numbers[i] / channels.size() % records * target.capacity();
            target.clear();
            long started = System.nanoTime();
            int read = channel.read(target, at);
            nanos[i] = System.nanoTime() - started;
            if (read != target.capacity()) {
                throw new IOException("pread: " + read + " bytes (expected: " + target.capacity() + ")");
            }
        }
        return nanos;
    }

    private static long medianOf(long[] nanos) {
        Arrays.sort(nanos);
        return nanos[nanos.length / 2];
    }

    @SuppressWarnings({"SystemOut", "AnnotateFormatMethod"})
    private static void say(String format, Object... values) {
        System.out.println(String.format(Locale.ROOT, format, values));
    }
}
