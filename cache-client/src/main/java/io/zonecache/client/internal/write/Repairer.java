package io.zonecache.client.internal.write;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.limit.ResourceQueue;
import io.zonecache.client.internal.read.NodeFinding;
import io.zonecache.client.internal.view.KnownView;
import io.zonecache.client.internal.write.WriteScope.Resource;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.limit.TokenBucket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stores stripes that reads found missing or corrupt: for a small share of the reads, once, and with the rank that nodes shed first. */
final class Repairer {

    private static final Logger LOG = LoggerFactory.getLogger(Repairer.class);

    private static final double MAX_SAVED = 20;

    private final WriteContext context;

    private final TokenBucket budget;

    Repairer(WriteContext context) {
        this.context = context;
        this.budget = new TokenBucket(context.config.repairRatio(), 0, MAX_SAVED, MAX_SAVED, context.timer::nanoTime);
    }

    void countRead() {
        budget.earn();
    }

    void repair(ChunkName name, ByteBuffer chunk, CodeSpec code, List<NodeFinding> findings) {
        if (findings.isEmpty() || context.isClosed()) {
            return;
        }
        Map<ZoneNode, List<Integer>> plan = RepairPlan.plan(code.stripes(), findings);
        int stripes = plan.values().stream().mapToInt(List::size).sum();
        KnownView view = context.zone.current();
        if (stripes == 0 || view == null) {
            return;
        }
        WriteScope scope = new WriteScope(context.activity);
        try {
            List<ResourceQueue.Reservation> held = new ArrayList<>();
            if (budget.trySpend(stripes) && tryTake(scope, held, code, chunk.remaining())) {
                write(scope, held, view, name, chunk, code, plan);
                return;
            }
        } catch (RuntimeException | Error e) {
            LOG.warn("chunk {}: not repaired", name.key(), e);
        }
        ended(scope, stripes, 0);
    }

    private boolean tryTake(WriteScope scope, List<ResourceQueue.Reservation> held, CodeSpec code, int chunkBytes) {
        ResourceQueue.Reservation memory = context.memory.tryTake(StripeWriter.encodedBytes(code, chunkBytes));
        if (memory == null) {
            return false;
        }
        scope.own(Resource.MEMORY, memory::release);
        held.add(memory);
        ResourceQueue.Reservation writes = context.writer.tryReserve(code, chunkBytes);
        if (writes == null) {
            return false;
        }
        scope.own(Resource.WRITES, writes::release);
        held.add(writes);
        return true;
    }

    private void write(
            WriteScope scope,
            List<ResourceQueue.Reservation> held,
            KnownView view,
            ChunkName name,
            ByteBuffer chunk,
            CodeSpec code,
            Map<ZoneNode, List<Integer>> plan) {
        KeyScheme scheme = view.view().settings().keyScheme();
        Map<ZoneNode, List<StripeRecord>> picked =
                RepairPlan.pick(plan, StripeWriter.encode(context.codec, scheme, code, name, chunk));
        int stripes = picked.values().stream().mapToInt(List::size).sum();
        Futures.then(
                Futures.call(() ->
                        context.writer.write(name.key(), picked, context.inBackground(), held, acknowledged -> {})),
                written -> ended(scope, stripes, written.acknowledged()),
                failure -> ended(scope, stripes, 0));
    }

    private void ended(WriteScope scope, int stripes, int acknowledged) {
        context.counters.repairs.add(acknowledged);
        context.counters.repairsDropped.add(stripes - acknowledged);
        scope.close();
    }
}
