package io.zonecache.client.internal.write;

import io.zonecache.client.internal.read.NodeFinding;
import io.zonecache.client.internal.read.NodeFinding.State;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Decides which stripe indexes go to which nodes.
 *
 * <p>A view change leaves stripes on their nodes under the index that they were written with, so repair works on sets: the indexes that no node
 * holds go, in ascending order, to the nodes that can take one, in placement order: those that hold none and asked for a repair,
 * those whose stripe was corrupt, and those that only hold what another one holds too. Indexes whose own place did not answer go last: that node
 * may well hold them. Pure.
 */
final class RepairPlan {

    private RepairPlan() {}

    /** @param findings of all nodes of the placement, in its order */
    static Map<ZoneNode, List<Integer>> plan(int stripes, List<NodeFinding> findings) {
        if (findings.isEmpty()) {
            return Map.of();
        }
        BitSet held = new BitSet(stripes);
        List<Integer> targets = new ArrayList<>();
        for (int place = 0; place < findings.size(); place++) {
            NodeFinding finding = findings.get(place);
            boolean addsOne = finding.indexes().stream().anyMatch(index -> !held.get(index));
            finding.indexes().forEach(held::set);
            boolean onlyDuplicates = !finding.indexes().isEmpty() && !addsOne;
            boolean empty = finding.indexes().isEmpty()
                    && (finding.state() == State.WANTED || finding.state() == State.CORRUPT);
            if (onlyDuplicates || empty) {
                targets.add(place);
            }
        }
        List<Integer> missing = missing(stripes, held, findings);
        return findings.size() < stripes ? byPlace(missing, targets, findings) : zip(missing, targets, findings);
    }

    /** The records that a plan names, by the nodes that are to get them. */
    static Map<ZoneNode, List<StripeRecord>> pick(Map<ZoneNode, List<Integer>> plan, List<StripeRecord> records) {
        Map<ZoneNode, List<StripeRecord>> picked = new LinkedHashMap<>();
        plan.forEach((node, indexes) -> {
            List<StripeRecord> chosen = new ArrayList<>(indexes.size());
            indexes.forEach(index -> chosen.add(records.get(index)));
            picked.put(node, chosen);
        });
        return picked;
    }

    private static List<Integer> missing(int stripes, BitSet held, List<NodeFinding> findings) {
        List<Integer> first = new ArrayList<>();
        List<Integer> last = new ArrayList<>();
        for (int index = held.nextClearBit(0); index < stripes; index = held.nextClearBit(index + 1)) {
            NodeFinding own = findings.get(index % findings.size());
            (own.state() == State.UNKNOWN ? last : first).add(index);
        }
        first.addAll(last);
        return first;
    }

    private static Map<ZoneNode, List<Integer>> zip(
            List<Integer> missing, List<Integer> targets, List<NodeFinding> findings) {
        Map<ZoneNode, List<Integer>> plan = new LinkedHashMap<>();
        for (int i = 0; i < Math.min(missing.size(), targets.size()); i++) {
            plan.put(findings.get(targets.get(i)).node(), List.of(missing.get(i)));
        }
        return plan;
    }

    /** With fewer nodes than stripes, a node holds several, and a PUT replaces them all: each place gets back what it lost. */
    private static Map<ZoneNode, List<Integer>> byPlace(
            List<Integer> missing, List<Integer> targets, List<NodeFinding> findings) {
        Map<ZoneNode, List<Integer>> plan = new LinkedHashMap<>();
        for (int place : targets) {
            List<Integer> own = missing.stream()
                    .filter(index -> index % findings.size() == place)
                    .sorted()
                    .toList();
            if (!own.isEmpty() && findings.get(place).indexes().isEmpty()) {
                plan.put(findings.get(place).node(), own);
            }
        }
        return plan;
    }
}
