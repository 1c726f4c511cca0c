package io.zonecache.cli.versions;

import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.process.ManagedProcess;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** The check's end of one {@link VersionClientMain}. Used by one thread. */
final class VersionClient {

    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration ANSWER = VersionClientMain.DEADLINE.plusSeconds(60);

    private final ProductBuild build;
    private final ManagedProcess process;
    private int orders;

    VersionClient(ProductBuild build, ManagedProcess process) {
        this.build = build;
        this.process = process;
        process.awaitLine(line -> line.equals("ready"), START);
    }

    /** What came of a client's reads. */
    record Outcome(long reads, long failed, long wrong, String lastFailure) {}

    ProductBuild build() {
        return build;
    }

    /** Begins to read all of them at once; the answer's number is for {@link #outcome}. */
    int startRead(List<ChunkKey> keys) {
        return send("read", joined(keys));
    }

    Outcome outcome(int order) {
        return parse(answer("read", order));
    }

    Outcome readAll(List<ChunkKey> keys) {
        return outcome(startRead(keys));
    }

    /** Goes on reading until {@link #end}. */
    void begin(List<ChunkKey> keys) {
        answer("begin", send("begin", joined(keys)));
    }

    /** Reads since {@link #begin}. */
    long reads() {
        return Long.parseLong(answer("count", send("count", "")));
    }

    Outcome end() {
        return parse(answer("end", send("end", "")));
    }

    /** Returns when it has written back all that it fetched. */
    void awaitIdle() {
        answer("idle", send("idle", ""));
    }

    private int send(String order, String arguments) {
        orders++;
        process.send(order + " " + orders + " " + arguments);
        return orders;
    }

    private String answer(String order, int number) {
        String begin = order + " " + number + " ";
        return process.awaitLine(line -> line.startsWith(begin), ANSWER).substring(begin.length());
    }

    private static String joined(List<ChunkKey> keys) {
        return keys.stream().map(ChunkKey::toHex).collect(Collectors.joining(","));
    }

    private static Outcome parse(String answer) {
        String[] words = answer.split(" ", 4);
        return new Outcome(Long.parseLong(words[0]), Long.parseLong(words[1]), Long.parseLong(words[2]), words[3]);
    }
}
