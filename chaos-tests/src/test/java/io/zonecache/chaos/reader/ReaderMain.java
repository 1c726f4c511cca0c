package io.zonecache.chaos.reader;

import static org.awaitility.Awaitility.await;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.zonecache.chaos.oracle.ReadTally;
import io.zonecache.chaos.oracle.ReadingOracle;
import io.zonecache.chaos.zone.ContainerZone;
import io.zonecache.client.ClientConfig;
import io.zonecache.client.ZoneCache;
import io.zonecache.client.ZoneCacheStats;
import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.oracle.ChunkOracle;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A worker that reads and checks until its standard input ends or says {@code finish}. {@code pace N} sets its reads per second.
 *
 * <p>Says, a line of JSON each: {@code ready}; a {@code sample} of what came of its reads since the last one, twice a second; and {@code
 * ended}, with what was left under way and the threads that outlived the client.
 */
final class ReaderMain {

    private static final long SAMPLE_MILLIS = 500;
    private static final Duration VIEW = Duration.ofMinutes(1);

    /** Daemons of classes, not of clients: Netty's cleaner, and the AWS SDK's timer for streams. */
    private static final Set<String> ONE_FOR_A_PROCESS = Set.of("Cleaner-0", "response-input-stream-timeout-scheduler");

    private static final Duration REST = Duration.ofSeconds(20);

    private final ZoneCache cache;
    private final ReadingOracle oracle;
    private final PrintStream out = System.out;
    private ZoneCacheStats last;

    private ReaderMain(ReaderSetup setup, ZoneCache cache) {
        this.cache = cache;
        this.last = cache.stats();
        Duration deadline = Duration.ofMillis(setup.deadlineMillis());
        oracle = ReadingOracle.start(
                new ChunkOracle(setup.seed(), setup.chunkBytes()),
                setup.first(),
                setup.count(),
                key -> read(key, deadline),
                setup.threads(),
                setup.readsPerSecond(),
                setup.choice());
    }

    public static void main(String[] args) throws Exception {
        ReaderSetup setup = ReaderSetup.of(args[0]);
        Set<String> threadsBefore = threads();
        ReaderMain reader = new ReaderMain(setup, open(setup));
        reader.say(new JsonObject().put("type", "ready"));
        reader.serve();
        reader.end(threadsBefore);
        System.exit(0);
    }

    private static ZoneCache open(ReaderSetup setup) {
        ZoneCache cache = ZoneCache.builder()
                .config(ClientConfig.builder()
                        .nodes(setup.nodes())
                        .zone(ContainerZone.NAME)
                        .localCacheBytes(0)
                        .build())
                .origin(ReaderOrigin.open(URI.create(setup.s3())))
                .build();
        await("the zone's view").atMost(VIEW).until(() -> cache.view().isPresent());
        return cache;
    }

    private ByteBuffer read(ChunkKey key, Duration deadline) throws Exception {
        return cache.get(key, deadline).get().buffer();
    }

    private void serve() throws IOException {
        ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
        var unused = clock.scheduleAtFixedRate(this::sample, SAMPLE_MILLIS, SAMPLE_MILLIS, TimeUnit.MILLISECONDS);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null && !line.equals("finish"); line = in.readLine()) {
            oracle.pace(Integer.parseInt(line.substring("pace ".length())));
        }
        clock.shutdown();
    }

    private synchronized void sample() {
        ReadTally tally = oracle.take();
        ZoneCacheStats now = cache.stats();
        say(new JsonObject()
                .put("type", "sample")
                .put(
                        "tally",
                        TallyJson.write(tally.withTiers(
                                now.reads().fromZone() - last.reads().fromZone(),
                                now.reads().fromOrigin() - last.reads().fromOrigin()))));
        last = now;
    }

    private void end(Set<String> threadsBefore) throws Exception {
        oracle.close();
        sample();
        cache.whenIdle().get(REST.toMillis(), TimeUnit.MILLISECONDS);
        ZoneCacheStats stats = cache.stats();
        cache.close();
        Set<String> left = leftThreads(threadsBefore);
        say(new JsonObject()
                .put("type", "ended")
                .put("inFlight", stats.reads().inFlight())
                .put("threads", new JsonArray(List.copyOf(left))));
    }

    /** What still runs after a while, if anything: it is told, and the parent judges. */
    private static Set<String> leftThreads(Set<String> before) {
        try {
            await("the client's threads")
                    .pollInSameThread()
                    .atMost(REST)
                    .until(() -> threadsBeside(before).isEmpty());
        } catch (ConditionTimeoutException e) {
            return threadsBeside(before);
        }
        return Set.of();
    }

    private static Set<String> threadsBeside(Set<String> before) {
        Set<String> threads = threads();
        threads.removeAll(before);
        threads.removeAll(ONE_FOR_A_PROCESS);
        return threads;
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private synchronized void say(JsonObject line) {
        out.println(line.encode());
        out.flush();
    }
}
