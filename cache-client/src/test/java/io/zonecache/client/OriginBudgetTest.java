package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.client.origin.Origin;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import io.zonecache.testkit.s3.S3Counts;
import io.zonecache.testkit.s3.S3Latency;
import io.zonecache.testkit.s3.S3Options;
import io.zonecache.testkit.s3.S3Server;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promise of the whole system, as the S3 server sees it: whatever happens to the zone while clients read at full speed, no more
 * GETs are in flight than the budget. Real nodes and clients over sockets; one zone goes through everything.
 */
@Tag("slow")
final class OriginBudgetTest {

    private static final int NODES = 6;
    private static final int BUDGET = 16;
    private static final int RESERVE = 4;
    private static final int CHUNKS = 48;

    /** What is written back while one node after the other is emptied may stay, so an emptied zone costs not quite as many GETs. */
    private static final long MAX_CHUNKS = 40;

    private static final long GET_MILLIS = 400;
    private static final int CHUNK_BYTES = 20_000;
    private static final int CLIENTS = 4;
    private static final int READS_IN_FLIGHT = 8;
    private static final Duration LONG = Duration.ofSeconds(90);

    @TempDir
    Path directory;

    private final List<ChunkKey> keys = new ArrayList<>();
    private final List<ZoneCache> caches = new ArrayList<>();
    private final AtomicLong reads = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicInteger lanes = new AtomicInteger();
    private volatile boolean isStopping;
    private S3Server s3;
    private TestZone zone;

    @BeforeEach
    void start() throws Exception {
        s3 = S3Server.start(S3Options.defaults());
        try (Origin origin = origin()) {
            for (int i = 0; i < CHUNKS; i++) {
                byte[] chunk = TestZone.chunk(i, CHUNK_BYTES);
                keys.add(ChunkKey.sha256Of(chunk));
                origin.store(keys.get(i), ByteBuffer.wrap(chunk), 60_000).get(90, TimeUnit.SECONDS);
            }
        }
        s3.setLatency(new S3Latency(1, GET_MILLIS, GET_MILLIS, 1));
        zone = TestZone.start(
                directory,
                NODES,
                "4-of-5",
                KeyScheme.SHA256,
                Map.of("origin-budget", "" + BUDGET, "origin-reserve", "" + RESERVE, "expected-clients", "" + CLIENTS));
    }

    @AfterEach
    void stop() {
        stopReading();
        zone.close();
        s3.close();
    }

    @Test
    void shouldNeverHaveMoreGetsInFlightThanTheBudgetWhateverHappensToTheZone() {
        read(zone.addresses());
        awaitGets(CHUNKS);
        judge("cold");

        for (int times = 1; times <= 2; times++) {
            awaitRest();
            empty(zone.view());
        }
        judge("emptied");

        List<ZoneNode> before = zone.view();
        List<ZoneNode> left = before.subList(1, NODES);
        awaitRest();
        zone.node(before.get(0)).close();
        empty(left);
        awaitRest();
        zone.publish(withState(before, 0, NodeState.DOWN));
        empty(left);
        judge("a coordinator dies");

        awaitRest();
        // Half of the nodes have heard of a newcomer, which makes all shares fall, and so have clients that ask those.
        List<ZoneNode> newer = new ArrayList<>(withState(before, 0, NodeState.DOWN));
        newer.add(new ZoneNode("n9", "127.0.0.1:9", "n9", 1, NodeState.UP));
        for (int i = 1; i < NODES; i += 2) {
            zone.publishTo(before.get(i), newer);
        }
        empty(left);
        judge("stale views");

        stopReading();
        cutInTwo(before);
        zone.empty(left);
        s3.reset();
        read(addresses(before.subList(1, 3)));
        read(addresses(before.subList(3, 6)));
        awaitGets(MAX_CHUNKS);
        judge("a partition");
    }

    /** Each half sees the other's addresses refuse, and goes on with what it has. */
    private void cutInTwo(List<ZoneNode> nodes) {
        for (int i = 1; i < NODES; i++) {
            boolean isFirstHalf = i < 3;
            List<ZoneNode> seen = new ArrayList<>();
            for (int j = 1; j < NODES; j++) {
                ZoneNode node = nodes.get(j);
                boolean isHere = (j < 3) == isFirstHalf;
                seen.add(isHere ? node : new ZoneNode(node.id(), "127.0.0.1:" + j, node.domain(), 1, NodeState.UP));
            }
            zone.publishTo(nodes.get(i), seen);
        }
    }

    private static List<ZoneNode> withState(List<ZoneNode> nodes, int which, NodeState state) {
        List<ZoneNode> changed = new ArrayList<>(nodes);
        changed.set(which, nodes.get(which).withState(state));
        return changed;
    }

    private static List<String> addresses(List<ZoneNode> nodes) {
        return nodes.stream().map(ZoneNode::address).toList();
    }

    /** What has been counted since the last time; each GET takes so long that some are in flight together on any machine. */
    private void judge(String what) {
        S3Counts counts = s3.reset();
        assertThat(counts.getsPeakInFlight())
                .as(
                        "%s: GETs in flight, %d in all, %d of %d reads failed",
                        what, counts.gets(), failed.get(), reads.get())
                .isBetween(2, BUDGET);
    }

    private Origin origin() {
        return TestS3.origin(s3.endpoint(), "");
    }

    /** Clients that find the zone by these addresses read any chunks from now on. */
    private void read(List<String> nodes) {
        for (int i = 0; i < CLIENTS; i++) {
            ClientConfig config = ClientConfig.builder()
                    .nodes(nodes)
                    .localCacheBytes(0)
                    .eventLoops(1)
                    .readDeadline(Duration.ofSeconds(20))
                    .build();
            ZoneCache cache =
                    ZoneCache.builder().config(config).origin(origin()).build();
            caches.add(cache);
            for (int lane = 0; lane < READS_IN_FLIGHT; lane++) {
                lanes.incrementAndGet();
                readNext(cache, new Random(caches.size() * 1_000L + lane));
            }
        }
    }

    private void readNext(ZoneCache cache, Random random) {
        if (isStopping) {
            lanes.decrementAndGet();
            return;
        }
        CompletableFuture<Void> unused = cache.get(keys.get(random.nextInt(CHUNKS)))
                .handleAsync(
                        (chunk, failure) -> {
                            reads.incrementAndGet();
                            failed.addAndGet(failure == null ? 0 : 1);
                            readNext(cache, random);
                            return null;
                        },
                        ForkJoinPool.commonPool());
    }

    private void empty(List<ZoneNode> nodes) {
        long until = s3.counts().gets() + MAX_CHUNKS;
        zone.empty(nodes);
        awaitGets(until);
    }

    private void awaitGets(long gets) {
        await().alias(gets + " GETs").atMost(LONG).until(() -> s3.counts().gets() >= gets);
    }

    /** Until many reads in a row cost the origin nothing, so that no write-back of before is under way. */
    private void awaitRest() {
        await().alias("a zone that holds everything").atMost(LONG).until(() -> {
            long before = s3.counts().gets();
            awaitReads(500);
            return s3.counts().gets() == before;
        });
    }

    private void awaitReads(long more) {
        long until = reads.get() + more;
        await().alias(more + " more reads").atMost(LONG).until(() -> reads.get() >= until);
    }

    private void stopReading() {
        isStopping = true;
        caches.forEach(ZoneCache::close);
        await().alias("readers that end").atMost(LONG).until(() -> lanes.get() == 0);
        caches.clear();
        isStopping = false;
    }
}
