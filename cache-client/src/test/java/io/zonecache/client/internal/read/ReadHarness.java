package io.zonecache.client.internal.read;

import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.code.StripeEncoder;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.client.internal.memory.MemoryBudgetTest;
import io.zonecache.client.internal.node.NodeListener;
import io.zonecache.client.internal.node.NodeTracker;
import io.zonecache.client.internal.time.VirtualTimer;
import io.zonecache.client.internal.transport.FakeNode;
import io.zonecache.client.internal.transport.InProcessTransport;
import io.zonecache.client.internal.view.KnownView;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A reader over fake nodes in virtual time. */
final class ReadHarness {

    final VirtualTimer timer = new VirtualTimer();
    final InProcessTransport transport = new InProcessTransport(timer);
    final NodeTracker nodeTracker = new NodeTracker(timer, timer::nanoTime, NodeListener.NONE);
    final List<RepairCandidate> repairables = new ArrayList<>();
    final CodeSpec code;
    final OverRequestReader reader;
    final MemoryBudget memory;

    /** Lengths of all arrays that reads have allocated. */
    final List<Integer> allocations = new ArrayList<>();

    @Nullable
    KnownView view;

    int hits;

    /** What the listener was told. */
    record RepairCandidate(ChunkName name, ByteBuffer chunk, CodeSpec code, List<NodeFinding> findings) {}

    ReadHarness(String code, int nodes) {
        this(code, nodes, KeyScheme.SHA256, ReadOptions.DEFAULT, 1);
    }

    ReadHarness(String code, int nodes, KeyScheme scheme, ReadOptions options, long seed) {
        this(code, nodes, scheme, options, seed, MemoryBudgetTest.ample());
    }

    ReadHarness(String code, int nodes, KeyScheme scheme, ReadOptions options, long seed, MemoryBudget memory) {
        this.memory = memory;
        this.code = CodeSpec.parse(code);
        List<ZoneNode> members = new ArrayList<>();
        for (int i = 0; i < nodes; i++) {
            members.add(new ZoneNode("n" + i, "10.0.0." + i + ":7400", "d" + i, 1, NodeState.UP));
            transport.add("n" + i, new FakeNode());
        }
        ZoneSettings settings = new ZoneSettings("test", 1, scheme, this.code, nodes, 64, 4, 100);
        ZoneView zone = new ZoneView(settings, 1_000, members);
        this.view = new KnownView(ViewJson.encode(zone), new Placement(zone));
        this.reader = new OverRequestReader(
                transport,
                () -> view,
                nodeTracker,
                timer,
                new Random(seed),
                options,
                memory.reads(),
                new ReadListener() {
                    @Override
                    public void hit(ChunkKey key) {
                        hits++;
                    }

                    @Override
                    public void repairable(
                            ChunkName name, ByteBuffer chunk, CodeSpec found, List<NodeFinding> findings) {
                        repairables.add(new RepairCandidate(name, chunk, found, findings));
                    }
                },
                new DecodingThreads(Runnable::run, Runnable::run),
                new ChunkCodec() {
                    @Override
                    public byte[] allocate(int bytes) {
                        allocations.add(bytes);
                        return ChunkCodec.super.allocate(bytes);
                    }
                });
    }

    void setAll(FakeNode.Mode mode) {
        transport.nodes.values().forEach(node -> node.mode = mode);
    }

    /** GETs of all nodes. */
    int gets() {
        return transport.nodes.values().stream()
                .mapToInt(node -> node.gets.size())
                .sum();
    }

    static byte[] chunk(long seed, int bytes) {
        byte[] chunk = new byte[bytes];
        new Random(seed).nextBytes(chunk);
        return chunk;
    }

    static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }

    List<StripeRecord> records(byte[] chunk) {
        return recordsOf(ChunkKey.sha256Of(chunk), chunk);
    }

    /** Records of whatever content under a key, with the tag that its readers expect where keys are hashes. */
    List<StripeRecord> recordsOf(ChunkKey key, byte[] content) {
        return recordsOf(ChunkName.of(key), content);
    }

    List<StripeRecord> recordsOf(ChunkName name, byte[] content) {
        if (view == null) {
            throw new IllegalStateException("no view");
        }
        long tag = name.tag(view.view().settings().keyScheme(), ChunkCodec.DEFAULT, ByteBuffer.wrap(content));
        return StripeEncoder.encode(ChunkCodec.DEFAULT, code, name.key(), tag, ByteBuffer.wrap(content));
    }

    /** The fake node at a place of the chunk's placement. */
    FakeNode at(ChunkKey key, int place) {
        FakeNode node = transport.nodes.get(placement(key).get(place).id());
        if (node == null) {
            throw new IllegalStateException("no node at place " + place);
        }
        return node;
    }

    List<ZoneNode> placement(ChunkKey key) {
        if (view == null) {
            throw new IllegalStateException("no view");
        }
        return view.placement().nodesFor(key);
    }

    List<ZoneNode> nodes() {
        return view == null ? List.of() : view.view().nodes();
    }

    ChunkKey fill(byte[] chunk) {
        ChunkKey key = ChunkKey.sha256Of(chunk);
        fill(key, records(chunk));
        return key;
    }

    /** Has each node hold its stripes, whatever they are. */
    void fill(ChunkKey key, List<StripeRecord> records) {
        int places = placement(key).size();
        for (int place = 0; place < places; place++) {
            List<StripeRecord> own = new ArrayList<>();
            for (int i = place; i < records.size(); i += places) {
                own.add(records.get(i));
            }
            at(key, place).hold(key, own.toArray(new StripeRecord[0]));
        }
    }

    ChunkRead begin(ChunkKey key) {
        return begin(ChunkName.of(key));
    }

    ChunkRead begin(ChunkName name) {
        return reader.begin(name, null, timer.nanoTime() + TimeUnit.SECONDS.toNanos(5));
    }
}
