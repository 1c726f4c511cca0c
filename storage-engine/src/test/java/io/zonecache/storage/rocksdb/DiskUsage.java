package io.zonecache.storage.rocksdb;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** Asks {@code du} what a directory takes, again and again until it is closed. */
final class DiskUsage implements AutoCloseable {

    private final Process asking;
    private final Thread reading;
    private volatile long maxBytes;
    private final AtomicInteger looks = new AtomicInteger();

    private DiskUsage(Process asking) {
        this.asking = asking;
        this.reading = new Thread(this::read, "du");
        reading.setDaemon(true);
        reading.start();
    }

    /** Some thirty looks a second. */
    static DiskUsage watch(Path directory) throws IOException {
        return new DiskUsage(
                new ProcessBuilder("sh", "-c", "while :; do du -s -B1 \"$0\"; sleep 0.03; done", directory.toString())
                        // Files that go while it looks.
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start());
    }

    long maxBytes() {
        return maxBytes;
    }

    int looks() {
        return looks.get();
    }

    @Override
    public void close() {
        asking.destroy();
        try {
            reading.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(asking.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                maxBytes = Math.max(maxBytes, Long.parseLong(line.substring(0, line.indexOf('\t'))));
                looks.incrementAndGet();
            }
        } catch (IOException e) {
            // Its stream is closed with it.
            return;
        }
    }
}
