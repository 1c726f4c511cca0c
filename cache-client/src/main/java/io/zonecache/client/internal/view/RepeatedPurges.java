package io.zonecache.client.internal.view;

import io.zonecache.client.internal.local.PurgeListener;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.model.ChunkKey;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports each purge twice: at once, and again when all nodes have heard of it. In between, nodes that have not may serve the chunk to a new reader,
 * who caches it. Safe for concurrent use.
 */
final class RepeatedPurges implements PurgeListener {

    /** Nodes tell each other of a purge within about a second; what this leaves of the 5 s is for this client to hear of it at all. */
    static final long SPREAD_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Keys that wait for their second report; for more than that, it is reported that something was purged. */
    private static final int MAX_KEYS = 16_384;

    private static final Logger LOG = LoggerFactory.getLogger(RepeatedPurges.class);

    private final PurgeListener listener;
    private final ClientTimer timer;
    private final AtomicInteger waitingKeys = new AtomicInteger();

    RepeatedPurges(PurgeListener listener, ClientTimer timer) {
        this.listener = listener;
        this.timer = timer;
    }

    @Override
    public void purged(Collection<ChunkKey> keys) {
        List<ChunkKey> purged = List.copyOf(keys);
        listener.purged(purged);
        if (purged.isEmpty()) {
            return;
        }
        if (waitingKeys.addAndGet(purged.size()) > MAX_KEYS) {
            waitingKeys.addAndGet(-purged.size());
            again(listener::purgedUnknownKeys);
            return;
        }
        try {
            again(() -> {
                waitingKeys.addAndGet(-purged.size());
                listener.purged(purged);
            });
        } catch (RuntimeException | Error e) {
            waitingKeys.addAndGet(-purged.size());
            throw e;
        }
    }

    @Override
    public void purgedUnknownKeys() {
        listener.purgedUnknownKeys();
        again(listener::purgedUnknownKeys);
    }

    private void again(Runnable report) {
        timer.schedule(SPREAD_NANOS, () -> {
            try {
                report.run();
            } catch (RuntimeException | Error e) {
                LOG.warn("a purge was not reported again", e);
            }
        });
    }
}
