package io.zonecache.membership.internal;

import io.zonecache.membership.PurgeDigest;
import io.zonecache.membership.PurgeList;
import io.zonecache.model.ChunkKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ArrayBlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Brings all of a zone's purge lists to the same keys.
 *
 * <p>A new key is told at once. Beyond that each member's news carries its list's digest. Where digests differ, the publisher tells its
 * list to all, and a member that differs from the publisher tells its own, page after page and the newest first, until they agree. So
 * whoever was away is told what it missed with the first page as a rule, and nothing is sent where nothing differs. Members of a version
 * without purge lists are left out.
 *
 * <p>{@link #spread} and {@link #lacking} are safe from any thread; the rest belongs to the thread of the steps.
 */
final class PurgeGossip {

    /** 64 KiB. */
    static final int PAGE_KEYS = 2_048;

    /** New keys of this node that wait for the next step; more are found by their digest. */
    private static final int MAX_FRESH = 1_024;

    /** Longer than news take, so that what is on its way is not sent again. */
    private static final long PAGE_INTERVAL_NANOS = Duration.ofMillis(500).toNanos();

    private final PurgeList list;
    private final Queue<ChunkKey> fresh = new ArrayBlockingQueue<>(MAX_FRESH);
    private volatile Map<String, PurgeDigest> told = Map.of();
    private int cursor;
    private @Nullable Long differsSinceNanos;

    PurgeGossip(PurgeList list) {
        this.list = list;
    }

    PurgeDigest digest() {
        return list.digest();
    }

    /** A key that this node has just purged; tells the others with the next step. */
    void spread(ChunkKey key) {
        // Without room for it, its absence elsewhere is noticed.
        var unused = fresh.offer(key);
    }

    /** Those of the other nodes' ids that have not said that their list equals this node's. */
    List<String> lacking(List<String> ids, String self) {
        PurgeDigest own = list.digest();
        Map<String, PurgeDigest> known = told;
        return ids.stream()
                .filter(id -> !id.equals(self) && !own.equals(known.get(id)))
                .toList();
    }

    /** @return keys to tell everyone now, perhaps none */
    List<ChunkKey> step(List<ChunkKey> received, Roster roster, String self, long nanos) {
        if (!received.isEmpty()) {
            list.addAll(received);
        }
        listen(roster);
        List<ChunkKey> keys = new ArrayList<>();
        for (ChunkKey key = fresh.poll(); key != null; key = fresh.poll()) {
            keys.add(key);
        }
        if (!differs(roster, self)) {
            differsSinceNanos = null;
            cursor = 0;
        } else if (differsSinceNanos == null) {
            differsSinceNanos = nanos;
        } else if (nanos - differsSinceNanos >= PAGE_INTERVAL_NANOS) {
            differsSinceNanos = nanos;
            keys.addAll(nextPage());
        }
        return keys;
    }

    private void listen(Roster roster) {
        Map<String, PurgeDigest> digests = new HashMap<>();
        roster.admitted().forEach((id, member) -> {
            MemberNews news = member.news();
            if (news != null && news.purges() != null) {
                digests.put(id, Objects.requireNonNull(news.purges()));
            }
        });
        told = Map.copyOf(digests);
    }

    /** Whether this member is one that tells, and somebody has another list. */
    private boolean differs(Roster roster, String self) {
        PresentMember publisher = roster.publisher();
        if (publisher == null) {
            return false;
        }
        PurgeDigest own = list.digest();
        boolean publishes = publisher.instance().equals(self);
        return told.entrySet().stream()
                .filter(entry ->
                        publishes || entry.getKey().equals(publisher.card().id()))
                .anyMatch(entry -> !entry.getValue().equals(own));
    }

    private List<ChunkKey> nextPage() {
        List<ChunkKey> page = list.newest(cursor, PAGE_KEYS);
        cursor = page.size() < PAGE_KEYS ? 0 : cursor + PAGE_KEYS;
        return page;
    }
}
