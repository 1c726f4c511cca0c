package io.zonecache.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.zonecache.server.admin.NodeEvents;
import io.zonecache.server.admin.NodeEvents.Kind;
import io.zonecache.server.lease.LeaseTableStats;
import io.zonecache.server.metrics.ConnectionCounts;
import io.zonecache.server.metrics.MemoryUse;
import io.zonecache.server.metrics.NodeSnapshot;
import io.zonecache.storage.StoreMemory;
import io.zonecache.storage.StoreStats;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class NodeWatchTest {

    private static final StoreStats STORE = unread(0);

    private final NodeEvents events = new NodeEvents(Clock.systemUTC());
    private final NodeWatch watch = new NodeWatch(events);

    @Test
    void shouldTellHowManyFillsEndedBadlySinceItLooked() {
        look(leases(1, 1, 1));
        look(leases(3, 6, 2));
        look(leases(3, 6, 2));
        look(leases(3, 7, 2));
        assertThat(events.after(0, 10).events())
                .extracting(NodeEvents.Event::kind, NodeEvents.Event::text)
                .containsExactly(
                        tuple(Kind.NODE, "ready"),
                        tuple(Kind.ORIGIN, "fetches failed at the origin: 2"),
                        tuple(Kind.ORIGIN, "fetches denied by the origin: 5"),
                        tuple(Kind.ORIGIN, "fill leases expired: 1"),
                        tuple(Kind.ORIGIN, "fetches denied by the origin: 1"));
    }

    @Test
    void shouldTellWhenAnIndexIsRebuiltAndWhenThatIsOver() {
        look(unread(5_000));
        look(unread(3_000));
        look(unread(0));
        look(unread(0));
        assertThat(events.after(0, 10).events())
                .extracting(NodeEvents.Event::kind, NodeEvents.Event::text)
                .containsExactly(
                        tuple(Kind.NODE, "ready"),
                        tuple(
                                Kind.DISK,
                                "the index is rebuilt: 5000 bytes to read; stripes are served as they are found"),
                        tuple(Kind.DISK, "the index is complete again"));
    }

    private static StoreStats unread(long bytes) {
        return new StoreStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, true, 0, bytes, new StoreMemory(0, 0, 0, 0));
    }

    private static LeaseTableStats leases(long failed, long denied, long expired) {
        return new LeaseTableStats(1, 0, 0, 20, 0, failed, 0, denied, 0, expired, Map.of());
    }

    private void look(LeaseTableStats leases) {
        look(STORE, leases);
    }

    private void look(StoreStats store) {
        look(store, LeaseTableStats.NONE);
    }

    private void look(StoreStats store, LeaseTableStats leases) {
        ConnectionCounts connections = new ConnectionCounts(1, 0, 0, 0, 0);
        MemoryUse memory = new MemoryUse(1, 0, new TreeMap<>());
        watch.look(
                new NodeSnapshot(1, 1, 1, true, false, connections, 0, 0, 0, 0, 0, 0, 0, store, memory, leases), null);
    }
}
