package io.zonecache.benchmarks.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Other programs that a disk read is measured with: {@code fio}, and {@code dd} to drop files from the page cache. */
final class DiskReadFio {

    private static final Pattern READ_BANDWIDTH =
            Pattern.compile("\"read\"\\s*:\\s*\\{.*?\"bw_bytes\"\\s*:\\s*(\\d+)", Pattern.DOTALL);

    private DiskReadFio() {}

    /** Bytes a second of random reads, one at a time, from the page cache if it has them, else from the disk. */
    static double readBytesPerSecond(List<Path> files, int blockBytes, long bytes, long seed)
            throws IOException, InterruptedException {
        String names = files.stream().map(Path::toString).collect(Collectors.joining(":"));
        String json = run(List.of(
                "fio",
                "--name=read",
                "--readonly",
                "--filename=" + names,
                "--rw=randread",
                "--bs=" + blockBytes,
                "--ioengine=psync",
                "--iodepth=1",
                "--openfiles=" + files.size(),
                "--io_size=" + bytes,
                "--invalidate=0",
                "--randseed=" + seed,
                "--output-format=json"));
        Matcher matcher = READ_BANDWIDTH.matcher(json);
        if (!matcher.find()) {
            throw new IOException("fio: no bandwidth in " + json);
        }
        return Double.parseDouble(matcher.group(1));
    }

    static void dropFromPageCache(List<Path> files) throws IOException, InterruptedException {
        for (Path file : files) {
            run(List.of("dd", "if=" + file, "iflag=nocache", "count=0", "status=none"));
        }
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(new ArrayList<>(command))
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(command.get(0) + ": exit code " + process.exitValue() + ", " + output);
        }
        return output;
    }
}
