package io.zonecache.benchmarks.clients;

import io.zonecache.benchmarks.cluster.ReadLoad;
import io.zonecache.client.ClientConfig;
import io.zonecache.client.ZoneCache;
import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.oracle.ChunkOracle;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * One version's client. Takes a line for each row to measure, {@code NUMBER READERS READS}, and answers with {@code NUMBER WALL P50 P99},
 * all in nanoseconds; ends with its input.
 *
 * <p>Runs on the jars of other versions. So it uses what all of them have, and sets by name what has moved between packages.
 */
public final class MeasuredClientMain {

    private static final Duration DEADLINE = Duration.ofSeconds(30);
    private static final double MEDIAN = 50;
    private static final double TAIL = 99;

    private final ZoneCache cache;
    private final List<ChunkKey> keys;

    private MeasuredClientMain(ZoneCache cache, List<ChunkKey> keys) {
        this.cache = cache;
        this.keys = keys;
    }

    /** @param args nodes, number of chunks, verification, over-request policy */
    public static void main(String[] args) throws IOException, InterruptedException {
        PrintStream out = System.out;
        ClientConfig.Builder config = ClientConfig.builder()
                .nodes(List.of(args[0].split(",")))
                .localCacheBytes(0)
                .readDeadline(DEADLINE);
        set(config, "verification", args[2]);
        set(config, "overRequest", args[3]);
        ChunkOracle oracle = new ChunkOracle(ClientsPlan.SEED, ClientsPlan.CHUNK_BYTES);
        List<ChunkKey> keys = LongStream.range(0, Integer.parseInt(args[1]))
                .mapToObj(oracle::key)
                .toList();
        try (ZoneCache cache = ZoneCache.builder().config(config.build()).build()) {
            MeasuredClientMain client = new MeasuredClientMain(cache, keys);
            client.check(oracle);
            out.println("ready");
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String[] words = line.split(" ", -1);
                out.println(words[0] + " " + client.measure(Integer.parseInt(words[1]), Integer.parseInt(words[2])));
            }
        }
    }

    private static void set(ClientConfig.Builder config, String option, String value) {
        Method setter = Arrays.stream(ClientConfig.Builder.class.getMethods())
                .filter(method -> method.getName().equals(option))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException(option + ": this version of the client has no such option"));
        Object constant = Arrays.stream(setter.getParameterTypes()[0].getEnumConstants())
                .filter(one -> ((Enum<?>) one).name().equals(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        option + ": " + value + " (expected: one that this version of the client has)"));
        try {
            setter.invoke(config, constant);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(option + ": " + value, e);
        }
    }

    private void check(ChunkOracle oracle) throws InterruptedException {
        for (int i = 0; i < keys.size(); i++) {
            oracle.check(i, cache.read(keys.get(i)).buffer());
        }
    }

    private String measure(int readers, int reads) {
        ReadLoad load = new ReadLoad(
                index -> cache.read(keys.get(index))::buffer, keys.size(), readers, begun -> begun < reads);
        ReadLoad.Outcome outcome = load.run();
        if (outcome.failed() > 0) {
            throw new IllegalStateException(
                    outcome.failed() + " of " + reads + " reads failed: " + outcome.failure(), outcome.failure());
        }
        return outcome.wallNanos() + " " + outcome.nanos().getValueAtPercentile(MEDIAN) + " "
                + outcome.nanos().getValueAtPercentile(TAIL);
    }
}
