package io.zonecache.storage.rocksdb;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the kernel counts of this process' reads and writes. */
final class ProcessIo {

    private ProcessIo() {}

    /** @param counter as in /proc/self/io: {@code rchar} and {@code wchar} count calls, whether a disk is behind them or memory */
    static long bytes(String counter) throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/io"))) {
            if (line.startsWith(counter + ": ")) {
                return Long.parseLong(line.substring(counter.length() + 2));
            }
        }
        throw new IOException("/proc/self/io: no " + counter);
    }
}
