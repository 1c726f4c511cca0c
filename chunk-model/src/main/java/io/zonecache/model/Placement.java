package io.zonecache.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Chunk key and view to the nodes of the chunk's stripes, by weighted rendezvous hashing with distinct failure domains first.
 *
 * <p>Every node scores every key; the highest scores win. So a node that leaves moves only its own places, and no table must be
 * kept or agreed on (Thaler, Ravishankar: "Using name-based mappings to increase hit rates", IEEE/ACM ToN 1998). A node of weight
 * w draws w scores and keeps the best. Integers only, so that every language computes the same. Costs one multiplication chain
 * for each unit of weight in the zone; immutable and thread-safe.
 */
public final class Placement {

    private final List<ZoneNode> nodes;
    private final long[][] seeds;
    private final int stripes;

    public Placement(ZoneView view) {
        this.nodes = view.nodes();
        this.stripes = view.settings().code().stripes();
        this.seeds = new long[nodes.size()][];
        for (int i = 0; i < seeds.length; i++) {
            seeds[i] = seeds(nodes.get(i));
        }
    }

    /**
     * The nodes that hold, or should hold, the chunk's stripes: at most n, distinct, coordinator first. Fewer where the zone has
     * fewer. Stripe i is filled to the i-th of them, modulo their number; reads take the list as a set.
     */
    public List<ZoneNode> nodesFor(ChunkKey key) {
        int[] order = byFallingScore(key);
        int wanted = Math.min(stripes, order.length);
        List<ZoneNode> taken = new ArrayList<>(wanted);
        Set<String> domains = new HashSet<>();
        boolean[] used = new boolean[order.length];
        for (int i = 0; i < order.length && taken.size() < wanted; i++) {
            ZoneNode node = nodes.get(order[i]);
            if (domains.add(node.domain())) {
                used[i] = true;
                taken.add(node);
            }
        }
        for (int i = 0; i < order.length && taken.size() < wanted; i++) {
            if (!used[i]) {
                taken.add(nodes.get(order[i]));
            }
        }
        return taken;
    }

    /** Insertion sort of indexes: zones have tens of nodes, and nothing is boxed. */
    private int[] byFallingScore(ChunkKey key) {
        long hash = hash(key);
        long[] scores = new long[seeds.length];
        int[] order = new int[seeds.length];
        for (int node = 0; node < seeds.length; node++) {
            scores[node] = score(hash, seeds[node]);
            int at = node;
            while (at > 0 && isBefore(node, order[at - 1], scores)) {
                order[at] = order[at - 1];
                at--;
            }
            order[at] = node;
        }
        return order;
    }

    private boolean isBefore(int node, int other, long[] scores) {
        int byScore = Long.compareUnsigned(scores[node], scores[other]);
        return byScore != 0
                ? byScore > 0
                : nodes.get(node).id().compareTo(nodes.get(other).id()) < 0;
    }

    static long score(long hash, long[] seeds) {
        long best = mix(hash ^ seeds[0]);
        for (int j = 1; j < seeds.length; j++) {
            long score = mix(hash ^ seeds[j]);
            best = Long.compareUnsigned(score, best) > 0 ? score : best;
        }
        return best;
    }

    /** {@code h} of docs/formats.md: all of the key, mixed. */
    public static long hash(ChunkKey key) {
        return mix(key.w0() ^ mix(key.w1() ^ mix(key.w2() ^ mix(key.w3()))));
    }

    static long[] seeds(ZoneNode node) {
        byte[] id = node.id().getBytes(StandardCharsets.UTF_8);
        long[] seeds = new long[node.weight()];
        for (int j = 0; j < seeds.length; j++) {
            ByteBuffer text =
                    ByteBuffer.allocate(id.length + 2).put(id).put((byte) 0).put((byte) j);
            seeds[j] = ByteBuffer.wrap(Sha256.digest(text.flip())).getLong();
        }
        return seeds;
    }

    /** The finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014). */
    static long mix(long z) {
        z ^= z >>> 30;
        z *= 0xBF58476D1CE4E5B9L;
        z ^= z >>> 27;
        z *= 0x94D049BB133111EBL;
        return z ^ z >>> 31;
    }
}
