package io.zonecache.membership.internal;

import io.zonecache.model.ChunkKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in what others say: checks the seal, and keeps only the newest of each kind, so that its size follows the zone's and not the
 * traffic. Thread-safe.
 */
final class Mailbox {

    private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);
    private static final int MAX_MESSAGE_BYTES = 32 << 20;
    private static final int MAX_SENDERS = 10_000;
    /** Some pages of purged keys. */
    private static final int MAX_PURGES = 8 * PurgeGossip.PAGE_KEYS;
    /** Of rejections that are logged; the others are only counted. */
    private static final long LOG_EVERY = 1_000;

    private final Seal seal;
    private final String zone;
    private final AtomicReference<@Nullable PublishedView> newestView = new AtomicReference<>();
    private final Map<String, MemberNews> news = new ConcurrentHashMap<>();
    private final Set<String> drained = ConcurrentHashMap.newKeySet();
    private final Queue<ChunkKey> purges = new ArrayBlockingQueue<>(MAX_PURGES);
    private final AtomicLong rejected = new AtomicLong();

    Mailbox(Seal seal, String zone) {
        this.seal = seal;
        this.zone = zone;
    }

    void receive(byte[] message) {
        if (message.length == 0 || message.length > MAX_MESSAGE_BYTES) {
            reject("a message of " + message.length + " bytes (expected: 1.." + MAX_MESSAGE_BYTES + ")");
            return;
        }
        byte kind = message[0];
        byte[] body = seal.open(kind, message);
        if (body == null) {
            reject("a message that is not sealed with the zone's secret");
            return;
        }
        try {
            if (kind == Seal.VIEW) {
                receive(Codec.view(body));
            } else if (kind == Seal.NEWS) {
                receive(Codec.news(body));
            } else if (kind == Seal.PURGES) {
                receivePurges(Codec.purges(body));
            } else {
                reject("a message of kind " + kind);
            }
        } catch (IllegalArgumentException e) {
            reject(e.getMessage());
        }
    }

    void reject(@Nullable String reason) {
        if (rejected.getAndIncrement() % LOG_EVERY == 0) {
            LOG.warn("rejected {}; {} rejected so far", reason, rejected);
        }
    }

    long rejected() {
        return rejected.get();
    }

    /** The newest view that came in since the last call, or null. */
    @Nullable
    PublishedView takeView() {
        return newestView.getAndSet(null);
    }

    /** What came in since the last call; what there was no room for is told again. */
    List<ChunkKey> takePurges() {
        List<ChunkKey> taken = new ArrayList<>();
        for (ChunkKey key = purges.poll(); key != null; key = purges.poll()) {
            taken.add(key);
        }
        return taken;
    }

    @Nullable
    MemberNews news(String instance) {
        return news.get(instance);
    }

    Set<String> drained() {
        return Set.copyOf(drained);
    }

    /** Forgets all but these instances. */
    void retain(Set<String> present, Set<String> ofView) {
        news.keySet().retainAll(present);
        drained.removeIf(instance -> !present.contains(instance) && !ofView.contains(instance));
    }

    private void receive(PublishedView view) {
        String foundZone = view.view().settings().zone();
        if (!foundZone.equals(zone)) {
            reject("a view of zone " + foundZone + " (expected: " + zone + ")");
            return;
        }
        newestView.accumulateAndGet(view, (old, next) -> newer(old, next));
    }

    private void receivePurges(List<ChunkKey> keys) {
        for (ChunkKey key : keys) {
            if (!purges.offer(key)) {
                return;
            }
        }
    }

    private static @Nullable PublishedView newer(@Nullable PublishedView old, @Nullable PublishedView next) {
        return old == null || (next != null && next.encoded().isNewerThan(old.encoded())) ? next : old;
    }

    private void receive(MemberNews next) {
        MemberNews known = news.get(next.instance());
        if (known == null && news.size() >= MAX_SENDERS) {
            reject("news of more than " + MAX_SENDERS + " senders");
            return;
        }
        if (known != null && next.sequence() < known.sequence()) {
            reject("news " + next.sequence() + " after " + known.sequence() + " (expected: a later one)");
            return;
        }
        if (next.draining()) {
            drained.add(next.instance());
        }
        news.merge(next.instance(), next, (old, last) -> last.sequence() >= old.sequence() ? last : old);
    }

    /** The senders whose highest epochs count. */
    long highestEpoch(List<PresentMember> members) {
        return members.stream()
                .map(PresentMember::news)
                .mapToLong(told -> told == null ? 0 : told.highestEpoch())
                .max()
                .orElse(0);
    }
}
