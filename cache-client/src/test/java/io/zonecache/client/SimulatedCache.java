package io.zonecache.client;

import static java.util.concurrent.TimeUnit.SECONDS;

import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.code.StripeEncoder;
import io.zonecache.client.internal.fill.HeldByFills;
import io.zonecache.client.internal.flight.HeldByRequests;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.lease.SimulatedLeases;
import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.client.internal.time.VirtualTimer;
import io.zonecache.client.internal.transport.FakeNode;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.NodeState;
import io.zonecache.model.Placement;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ViewJson;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneSettings;
import io.zonecache.model.ZoneView;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Executor;

/** A whole cache over a simulated zone and origin, in virtual time, on one thread. What it calls fails as a {@link SeamFault} says. */
final class SimulatedCache {

    static final int CHUNK_BYTES = 20_003;

    private static final CodeSpec CODE = CodeSpec.parse("4-of-6");

    final VirtualTimer time = new VirtualTimer();
    final Random random;
    final SeamTimer timer;
    final SeamTransport transport;
    final SeamOrigin origin;
    final ZoneCache cache;
    private final KeyScheme scheme;
    private final List<ZoneNode> members = new ArrayList<>();
    private long epoch;

    SimulatedCache(KeyScheme scheme, SeamFault fault, long seed) {
        this.scheme = scheme;
        this.random = new Random(seed);
        this.timer = new SeamTimer(time, fault);
        this.transport = new SeamTransport(time, fault);
        this.origin = new SeamOrigin(time, fault);
        for (int i = 0; i < CODE.stripes(); i++) {
            members.add(new ZoneNode("n" + i, "10.0.0." + i + ":7400", "d" + i, 1, NodeState.UP));
            FakeNode node = new FakeNode();
            node.delayMillis = 1;
            node.isWanting = true;
            transport.nodes.add("n" + i, node);
        }
        ZoneView view = showNextView();
        members.forEach(node -> transport.leases.put(node.id(), new SimulatedLeases(node.id(), view, time, random)));
        time.advanceMillis(SECONDS.toMillis(6)); // nodes grant nothing in their first lease lifetime
        SeamObservers observers = new SeamObservers(fault);
        this.cache = ZoneCache.builder()
                .origin(origin)
                .listener(observers)
                .tracer(observers)
                .meterRegistry(observers.registry())
                .completionExecutor(executor(Seam.COMPLETION_EXECUTOR, fault))
                .build(
                        config(),
                        new ClientPlatform(
                                timer,
                                time::nanoTime,
                                transport,
                                random,
                                executor(Seam.SEARCH_EXECUTOR, fault),
                                executor(Seam.COMPUTE_EXECUTOR, fault),
                                new SeamCodec(fault),
                                () -> {}));
    }

    private ClientConfig config() {
        return ClientConfig.builder()
                .nodes(members.stream().map(ZoneNode::address).toList())
                .overRequest(scheme == KeyScheme.SHA256 ? OverRequestPolicy.ALL : OverRequestPolicy.HEDGED)
                .maxReads(64)
                .maxZoneReads(4)
                .memoryBytes(6 * MemoryBudget.minBytes(CHUNK_BYTES))
                .localCacheBytes(3 * CHUNK_BYTES)
                .fill(FillConfig.builder()
                        .maxChunkBytes(CHUNK_BYTES)
                        .originLimit(3)
                        .repairRatio(1)
                        .build())
                .build();
    }

    private static Executor executor(Seam seam, SeamFault fault) {
        return task -> {
            fault.check(seam);
            task.run();
        };
    }

    /** From now on nodes show a newer view, with the same nodes. */
    ZoneView showNextView() {
        epoch++;
        ZoneView next =
                new ZoneView(new ZoneSettings("sim", 1, scheme, CODE, CODE.stripes(), 16, 4, 4), epoch, members);
        members.forEach(node -> transport.nodes.views.put(node.address(), ViewJson.encode(next)));
        return next;
    }

    List<ZoneNode> placement(ChunkKey key) {
        return new Placement(new ZoneView(
                        new ZoneSettings("sim", 1, scheme, CODE, CODE.stripes(), 16, 4, 4), epoch, members))
                .nodesFor(key);
    }

    FakeNode node(ChunkKey key, int place) {
        return Objects.requireNonNull(nodes().get(placement(key).get(place).id()));
    }

    Map<String, FakeNode> nodes() {
        return transport.nodes.nodes;
    }

    void setAll(FakeNode.Mode mode) {
        nodes().values().forEach(node -> node.mode = mode);
    }

    byte[] newChunk() {
        byte[] chunk = new byte[CHUNK_BYTES];
        random.nextBytes(chunk);
        return chunk;
    }

    /** A new chunk that the origin has. */
    ChunkKey addToOrigin() {
        byte[] chunk = newChunk();
        ChunkKey key = ChunkKey.sha256Of(chunk);
        origin.add(key, chunk);
        return key;
    }

    /** A new chunk that the zone has, and the origin too. */
    ChunkKey addToZone() {
        byte[] chunk = newChunk();
        ChunkKey key = ChunkKey.sha256Of(chunk);
        origin.add(key, chunk);
        hold(key, chunk);
        return key;
    }

    void hold(ChunkKey key, byte[] chunk) {
        List<StripeRecord> records = records(key, chunk);
        for (int place = 0; place < records.size(); place++) {
            node(key, place).hold(key, records.get(place));
        }
    }

    private List<StripeRecord> records(ChunkKey key, byte[] chunk) {
        long tag = ChunkName.of(key).tag(scheme, ChunkCodec.DEFAULT, ByteBuffer.wrap(chunk));
        return StripeEncoder.encode(ChunkCodec.DEFAULT, CODE, key, tag, ByteBuffer.wrap(chunk));
    }

    /** A new chunk of which a node holds a stripe with wrong bytes and the right checksum. */
    ChunkKey addCorrupt() {
        byte[] chunk = newChunk();
        ChunkKey key = ChunkKey.sha256Of(chunk);
        origin.add(key, chunk);
        hold(key, chunk);
        byte[] wrong = chunk.clone();
        wrong[CHUNK_BYTES / CODE.data() + 1] ^= 0x10; // of the second stripe
        long tag = ChunkName.of(key).tag(scheme, ChunkCodec.DEFAULT, ByteBuffer.wrap(chunk));
        node(key, 1)
                .hold(
                        key,
                        StripeEncoder.encode(ChunkCodec.DEFAULT, CODE, key, tag, ByteBuffer.wrap(wrong))
                                .get(1));
        return key;
    }

    void advance(Duration duration) {
        time.advanceMillis(duration.toMillis());
    }

    /** All that is not 0 of what the cache holds; everything is 0 when nothing is under way. */
    Map<String, Object> held() {
        Map<String, Object> held = new TreeMap<>();
        ClientParts parts = cache.parts;
        held.putAll(HeldByRequests.of(parts.requests));
        held.putAll(HeldByFills.of(parts.filler));
        held.put("rounds under way", (long) parts.reader.roundsInFlight());
        held.put("rounds waiting", (long) parts.reader.roundsWaiting());
        held.put("bytes in flight", parts.memory.inFlightBytes());
        held.put("share of reads", takenBytes(parts.memory.reads()));
        held.put("share of fills", takenBytes(parts.memory.fills()));
        held.put("requests to nodes", (long) transport.inFlight());
        held.put(
                "leases and waiting requests at nodes",
                transport.leases.values().stream()
                        .mapToLong(leases -> leases.table().stats().inUse())
                        .sum());
        held.values().removeIf(value -> value.equals(0L));
        timer.waiting().forEach(owner -> held.put("timer of " + owner, 1));
        return held;
    }

    /** 0, or 1 if anything is taken. */
    private static long takenBytes(MemoryBudget.Share share) {
        boolean isFree = share.tryTake(share.maxBytes());
        if (isFree) {
            share.release(share.maxBytes());
        }
        return isFree ? 0 : 1;
    }
}
