package io.zonecache.server;

import io.vertx.core.json.JsonObject;
import io.zonecache.model.EncodedView;
import io.zonecache.server.config.NodeConfig;
import io.zonecache.server.lease.LeaseTableStats;
import io.zonecache.server.lease.RefusalReason;
import io.zonecache.server.metrics.MemoryUse;
import io.zonecache.server.metrics.NodeSnapshot;
import io.zonecache.storage.StoreStats;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A node's figures as {@code GET /v1/stats} tells them; docs/operations.md names the fields. */
final class NodeStatsJson {

    /** The image's; a node that runs without one doesn't know. */
    private static final String VERSION = System.getProperty("zonecache.version", "unknown");

    private NodeStatsJson() {}

    static JsonObject of(
            NodeConfig config,
            NodeSnapshot node,
            @Nullable String notReadyReason,
            long uptimeNanos,
            @Nullable EncodedView view) {
        return new JsonObject()
                .put("zone", config.zone())
                .put("id", config.id())
                .put("version", VERSION)
                .put("epoch", node.epoch())
                .put("nodes", node.viewNodes())
                .put("nodesUp", node.viewNodesUp())
                .put("ready", notReadyReason == null)
                .put("notReadyReason", notReadyReason)
                .put("draining", node.draining())
                .put("uptimeSeconds", TimeUnit.NANOSECONDS.toSeconds(uptimeNanos))
                .put("load", admission(node))
                .put("store", store(node.store()))
                .put("leases", leases(node.leases()))
                .put("purgedKeys", node.purgedKeys())
                .put("memoryBytes", memory(node.memory()))
                .put("view", view == null ? null : new JsonObject(view.json()));
    }

    private static JsonObject admission(NodeSnapshot node) {
        return new JsonObject()
                .put("share", node.load())
                .put("connections", node.connections().open())
                .put("connectionsBusy", node.connections().busy())
                .put("requestsInFlight", node.requestsInFlight())
                .put("bytesInFlight", node.bytesInFlight())
                .put("readsQueued", node.readsQueued())
                .put("writesQueued", node.writesQueued())
                .put("viewWaits", node.viewWaits());
    }

    private static JsonObject store(StoreStats store) {
        return new JsonObject()
                .put("stripes", store.stripes())
                .put("liveBytes", store.liveBytes())
                .put("diskBytes", store.diskBytes())
                .put("capacityBytes", store.capacityBytes())
                .put("effectiveCapacityBytes", store.effectiveCapacityBytes())
                .put("indexBytes", store.memory().indexBytes())
                .put("historyKeys", store.historyKeys())
                .put("historyBytes", store.memory().historyBytes())
                .put("unreadBytes", store.unreadBytes())
                .put("hotStripes", store.hotStripes())
                .put("hotBytes", store.hotBytes())
                .put("hotHits", store.hotHits())
                .put("diskHits", store.diskHits())
                .put("misses", store.misses())
                .put("puts", store.puts())
                .put("evictions", store.evictions())
                .put("corruptDropped", store.corruptDropped())
                .put("readErrors", store.readErrors())
                .put("writeErrors", store.writeErrors())
                .put("writable", store.writable());
    }

    private static JsonObject leases(LeaseTableStats leases) {
        JsonObject refused = new JsonObject();
        for (RefusalReason reason : RefusalReason.values()) {
            refused.put(reason.label(), leases.refused(reason));
        }
        return new JsonObject()
                .put("share", leases.share())
                .put("running", leases.inUse())
                .put("waiting", leases.waiting())
                .put("granted", leases.granted())
                .put("filled", leases.filled())
                .put("failed", leases.failed())
                .put("absent", leases.absent())
                .put("denied", leases.denied())
                .put("unused", leases.unused())
                .put("expired", leases.expired())
                .put("refused", refused);
    }

    private static JsonObject memory(MemoryUse use) {
        JsonObject memory = new JsonObject().put("total", use.budgetBytes()).put("resident", use.residentBytes());
        use.partBytes().forEach(memory::put);
        return memory;
    }
}
