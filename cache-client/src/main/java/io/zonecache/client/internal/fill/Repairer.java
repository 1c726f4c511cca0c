package io.zonecache.client.internal.fill;

import static io.zonecache.client.internal.fill.FillContext.nanos;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.fill.StripeWriter.Effort;
import io.zonecache.client.internal.fill.ZoneKnowledge.PlacedView;
import io.zonecache.client.internal.read.NodeFinding;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.Protocol;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Stores what reads found missing: a small share of the reads at most, one attempt each, and the first thing to be shed. */
final class Repairer {

    private static final double MAX_SAVED = 20;

    /** An overloaded node sheds the highest rank first. */
    private static final int RANK = Protocol.RANKS - 1;

    private final FillContext context;
    private final EarnedBudget budget;

    Repairer(FillContext context) {
        this.context = context;
        this.budget = new EarnedBudget(context.config.repairRatio(), 0, MAX_SAVED, context.timer::nanoTime);
    }

    void countRead() {
        budget.earn();
    }

    void repair(ChunkKey key, ByteBuffer chunk, CodeSpec code, List<NodeFinding> findings) {
        if (findings.isEmpty() || context.isClosed()) {
            return;
        }
        Map<ZoneNode, List<Integer>> plan = RepairPlan.plan(code.stripes(), findings);
        int stripes = plan.values().stream().mapToInt(List::size).sum();
        PlacedView view = context.zone.current();
        if (stripes == 0 || view == null) {
            return;
        }
        ResourceQueue.Held memory = budget.trySpend(stripes)
                ? context.memory.tryTake(StripeWriter.encodedBytes(code, chunk.remaining()))
                : null;
        ResourceQueue.Held held = memory == null ? null : context.writer.tryReserve(code, chunk.remaining());
        if (memory == null || held == null) {
            if (memory != null) {
                memory.release();
            }
            context.counters.repairsDropped.add(stripes);
            return;
        }
        context.activity.begin();
        Futures.then(
                Futures.call(() -> {
                    KeyScheme scheme = view.view().settings().keyScheme();
                    List<StripeRecord> records = StripeWriter.encode(scheme, code, key, chunk);
                    long deadlineNanos = context.nanoTime() + nanos(context.config.putAttemptMillis());
                    Effort once = new Effort(null, RANK, deadlineNanos, 1);
                    return context.writer.write(key, pick(plan, records), once, acknowledged -> {});
                }),
                written -> ended(memory, held, stripes, written.acknowledged()),
                failure -> ended(memory, held, stripes, 0));
    }

    private static Map<ZoneNode, List<StripeRecord>> pick(
            Map<ZoneNode, List<Integer>> plan, List<StripeRecord> records) {
        Map<ZoneNode, List<StripeRecord>> picked = new LinkedHashMap<>();
        plan.forEach((node, indexes) -> {
            List<StripeRecord> chosen = new ArrayList<>(indexes.size());
            indexes.forEach(index -> chosen.add(records.get(index)));
            picked.put(node, chosen);
        });
        return picked;
    }

    private void ended(ResourceQueue.Held memory, ResourceQueue.Held held, int stripes, int acknowledged) {
        held.release();
        memory.release();
        context.counters.repairs.add(acknowledged);
        context.counters.repairsDropped.add(stripes - acknowledged);
        context.activity.end();
    }
}
