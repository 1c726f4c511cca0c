package io.zonecache.benchmarks.herd;

import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.process.JavaCommand;
import io.zonecache.testkit.process.ManagedProcess;
import io.zonecache.testkit.process.Workspace;
import io.zonecache.testkit.s3.S3Control;
import java.time.Duration;
import java.util.List;

/** The bench's end of one client process. Used by one thread. */
final class HerdClient {

    private static final Duration START = Duration.ofMinutes(4);
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final ManagedProcess process;
    private int orders;

    private HerdClient(ManagedProcess process) {
        this.process = process;
    }

    /** Returns before it can read. */
    static HerdClient start(Workspace workspace, String name, List<String> nodes, S3Control s3, ChunkKey warm) {
        JavaCommand command = JavaCommand.of(HerdClientMain.class)
                .ignoringInterrupts()
                .jvm("-Xmx96m", "-XX:MaxDirectMemorySize=64m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
                .jvm("-Dlogback.configurationFile=io/zonecache/testkit/s3/logback-warn.xml")
                .environment("AWS_ACCESS_KEY_ID", S3Control.ACCESS_KEY)
                .environment("AWS_SECRET_ACCESS_KEY", S3Control.SECRET_KEY)
                .environment("AWS_REGION", S3Control.REGION)
                .arguments(
                        String.join(",", nodes),
                        HerdZone.LOCATION,
                        s3.endpoint().toString(),
                        warm.toHex());
        return new HerdClient(workspace.start(name, command));
    }

    void awaitReady() {
        process.awaitLine(line -> line.equals("ready"), START);
    }

    /** Returns when all readers have been started. */
    void read(ChunkKey key, int readers) {
        order("read", key.toHex() + " " + readers, ANSWER);
    }

    /** What came of the readers of a chunk. */
    record Outcome(long failed, long wrong, String words) {}

    Outcome awaitOutcome(ChunkKey key) {
        String begin = "outcome " + key.toHex() + " ";
        String line = process.awaitLine(said -> said.startsWith(begin), HerdClientMain.DEADLINE.plus(ANSWER));
        String[] words = line.substring(begin.length()).split(" ", 3);
        return new Outcome(Long.parseLong(words[0]), Long.parseLong(words[1]), words[2]);
    }

    /** Attempts that it has made at the origin since its start. */
    long fetches() {
        return Long.parseLong(order("fetches", "", ANSWER));
    }

    /** Returns when it asks every node again. */
    void settle() {
        String answer = order("settle", "", START);
        if (!answer.equals("settled")) {
            throw new IllegalStateException("client " + process.name() + ": " + answer);
        }
    }

    void kill() {
        process.close();
    }

    private String order(String what, String more, Duration timeout) {
        orders++;
        String begin = what + " " + orders + " ";
        process.send(begin + more);
        return process.awaitLine(line -> line.startsWith(begin), timeout).substring(begin.length());
    }
}
