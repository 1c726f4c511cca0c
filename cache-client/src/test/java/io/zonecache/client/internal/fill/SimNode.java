package io.zonecache.client.internal.fill;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.zonecache.client.internal.lease.SimulatedLeases;
import io.zonecache.client.internal.time.VirtualTimer;
import io.zonecache.client.internal.transport.GetReply;
import io.zonecache.client.internal.transport.LeaseReply;
import io.zonecache.client.internal.transport.LeaseRequest;
import io.zonecache.client.internal.transport.PutReply;
import io.zonecache.client.internal.transport.StripeSink;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneView;
import io.zonecache.server.lease.LeaseTable;
import io.zonecache.testkit.network.EndpointState;
import io.zonecache.testkit.network.SimulatedNetwork;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;

/** One node in virtual time: its stripes in a map, its leases in the real table. */
final class SimNode {

    /** How it answers. */
    enum Mode {
        UP(EndpointState.UP),
        /** Connections are refused. */
        DOWN(EndpointState.REFUSING),
        /** Requests get no answer. */
        FROZEN(EndpointState.BLACK_HOLE);

        private final EndpointState state;

        Mode(EndpointState state) {
            this.state = state;
        }
    }

    final String id;
    final Map<ChunkKey, List<StripeRecord>> stripes = new HashMap<>();
    Mode mode = Mode.UP;
    int putsRefused;

    /** Once: it stores the stripe, says so, and is gone. */
    boolean diesAfterPut;

    /** Until then it goes by an older view, in which it is none of the chunk's nodes. */
    long notCoordinatorUntilNanos;

    final Set<ChunkKey> purged = new HashSet<>();

    int gets;
    int puts;
    private final VirtualTimer timer;
    private final SimulatedNetwork network;
    private final Random random;
    private final ZoneView view;
    private SimulatedLeases leases;

    SimNode(ZoneNode node, ZoneView view, VirtualTimer timer, SimulatedNetwork network, Random random) {
        this.id = node.id();
        this.view = view;
        this.timer = timer;
        this.network = network;
        this.random = random;
        this.leases = newLeases();
        network.attach(id, () -> mode.state);
    }

    private SimulatedLeases newLeases() {
        return new SimulatedLeases(id, view, timer, random);
    }

    /** As a process that is killed and started anew, with its disk. */
    void restart() {
        leases.close();
        leases = newLeases();
        mode = Mode.UP;
    }

    /** Its process gets no processor for so long: what is asked waits. */
    void stall(long millis) {
        network.stall(id, MILLISECONDS.toNanos(millis));
    }

    /** How long what is asked now waits for its turn. */
    long stalledNanos() {
        return network.stalledNanos(id);
    }

    void empty() {
        stripes.clear();
    }

    LeaseTable table() {
        return leases.table();
    }

    void acquire(ChunkKey key, String client, LeaseRequest question, Consumer<LeaseReply> reply) {
        if (timer.nanoTime() < notCoordinatorUntilNanos) {
            reply.accept(new LeaseReply.Refused(CacheErrorCode.NOT_COORDINATOR, "not of this chunk's nodes", 0));
            return;
        }
        leases.acquire(key, client, question, reply);
    }

    void end(ChunkKey key, String lease, LeaseOutcome outcome) {
        leases.end(key, lease, outcome);
    }

    /** As for whoever wants no payload: the sink hears of headers only. */
    GetReply get(ChunkKey key, StripeSink sink) {
        gets++;
        if (purged.contains(key)) {
            return new GetReply.Purged();
        }
        List<StripeRecord> held = stripes.getOrDefault(key, List.of());
        held.forEach(record -> sink.accept(record.header()));
        return held.isEmpty() ? new GetReply.Missing(false) : new GetReply.Stripes(List.of(), 0);
    }

    PutReply put(ChunkKey key, List<StripeRecord> records) {
        puts++;
        if (purged.contains(key)) {
            return new PutReply.Refused(CacheErrorCode.PURGED, "purged", 0);
        }
        if (putsRefused > 0) {
            putsRefused--;
            return new PutReply.Refused(CacheErrorCode.BUSY, "busy", 0);
        }
        stripes.put(key, List.copyOf(records));
        if (diesAfterPut) {
            mode = Mode.DOWN;
        }
        return new PutReply.Acknowledged();
    }
}
