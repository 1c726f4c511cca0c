package io.zonecache.benchmarks.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;

/** What processes have taken of the processors, as the kernel counts it in {@code /proc/PID/stat}. */
public final class ProcessorTime {

    /** USER_HZ, which the kernel keeps at 100 for programs whatever its own clock does. */
    private static final double TICKS_PER_SECOND = 100;

    /** Counted from the field after the program's name, which may hold anything. */
    private static final int USER_FIELD = 11;

    private static final int SYSTEM_FIELD = 12;

    private ProcessorTime() {}

    /** User and system time of all threads; a process that has ended counts as nothing. */
    public static double seconds(List<Long> pids) {
        return pids.stream().mapToDouble(ProcessorTime::seconds).sum();
    }

    static double ofThisProcess() {
        return seconds(ProcessHandle.current().pid());
    }

    private static double seconds(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"), StandardCharsets.ISO_8859_1);
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            return (Long.parseLong(fields[USER_FIELD]) + Long.parseLong(fields[SYSTEM_FIELD])) / TICKS_PER_SECOND;
        } catch (NoSuchFileException e) {
            return 0;
        } catch (IOException e) {
            throw new UncheckedIOException("processor time of process " + pid, e);
        }
    }
}
