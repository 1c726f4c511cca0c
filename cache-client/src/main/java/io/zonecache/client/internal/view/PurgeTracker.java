package io.zonecache.client.internal.view;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.local.PurgeListener;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.transport.StripeTransport;
import io.zonecache.model.PurgePage;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Learns from nodes which chunks were purged. Each answer carries a token for the purges that its node knows of; when a node's token changes, the
 * node is asked for the keys since its previous one. Tokens are per node, because a node that learns of a purge late may have served the chunk after
 * another node listed it. Safe for concurrent use, never blocks; one request per node at a time.
 */
public final class PurgeTracker {

    private static final Logger LOG = LoggerFactory.getLogger(PurgeTracker.class);
    private static final Pattern TOKEN = Pattern.compile("[0-9a-z-]{1,64}");

    /** All of a zone's clients learn of a purge at once. */
    private static final long MAX_JITTER_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    /** Before a node that has failed to answer is asked again. */
    private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Pages read from a node without a pause: far more than it usually has, and few enough that a node which never ends does no harm. */
    private static final int MAX_PAGES = 64;

    private final StripeTransport transport;
    private final ClientTimer timer;
    private final RandomGenerator random;
    private final PurgeListener listener;
    private final PurgeListener repeated;
    private final long timeoutMillis;

    /** By node address, the token up to which its purges are known. */
    private final Map<String, String> tokens = new ConcurrentHashMap<>();

    /** By node address, a future that completes once no request to the node is pending. */
    private final Map<String, CompletableFuture<Void>> asking = new HashMap<>();

    /**
     * @param random draws jitter; must be safe for concurrent use
     * @param timeoutMillis of one request
     */
    public PurgeTracker(
            StripeTransport transport,
            ClientTimer timer,
            RandomGenerator random,
            PurgeListener listener,
            long timeoutMillis) {
        this.transport = transport;
        this.timer = timer;
        this.random = random;
        this.listener = listener;
        this.repeated = new RepeatedPurges(listener, timer);
        this.timeoutMillis = timeoutMillis;
        transport.onPurges(this::tokenSeen);
    }

    /** The token up to which the purges of a node are known; null before its first answer. */
    @Nullable
    String token(String address) {
        return tokens.get(address);
    }

    /**
     * The token sent to a node that is to hold a request until it knows of newer purges: its own token or, if it has none, that of another node,
     * since otherwise the node would not report what it knew before the request. Null before the first answer of any node.
     */
    @Nullable
    String newestToken(String address) {
        String own = tokens.get(address);
        return own == null ? tokens.values().stream().findAny().orElse(null) : own;
    }

    /** Completes, never exceptionally, when no request to that node is pending. */
    CompletableFuture<Void> caughtUp(String address) {
        synchronized (asking) {
            CompletableFuture<Void> pending = asking.get(address);
            return pending == null ? CompletableFuture.completedFuture(null) : pending;
        }
    }

    /** Forgets all nodes but these. */
    void retain(Collection<String> addresses) {
        tokens.keySet().retainAll(addresses);
    }

    private void tokenSeen(String address, String token) {
        if (token.equals(tokens.get(address)) || !TOKEN.matcher(token).matches()) {
            return;
        }
        String since;
        synchronized (asking) {
            since = firstSince(address, token);
            if (since == null || asking.putIfAbsent(address, new CompletableFuture<>()) != null) {
                return;
            }
        }
        runAfter((long) (random.nextDouble() * MAX_JITTER_NANOS), address, () -> ask(address, since, 1));
    }

    /** Runs a task after a pause; if that fails, the pending request ends, so that the node's next answer starts another one. */
    private void runAfter(long pauseNanos, String address, Runnable task) {
        guarded(address, () -> timer.schedule(pauseNanos, () -> guarded(address, task)));
    }

    private void guarded(String address, Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error e) {
            end(address);
            LOG.warn("purges of node {}: not asked", address, e);
        }
    }

    /**
     * Null if there is nothing to ask: nodes with equal tokens know of the same purges. The very first token may contain purges of what is cached
     * already, read from the origin while the zone was away; it costs nothing where nothing is.
     */
    private @Nullable String firstSince(String address, String token) {
        String known = tokens.get(address);
        if (known != null) {
            return known;
        }
        List<String> ofOthers = new ArrayList<>(tokens.values());
        if (ofOthers.isEmpty()) {
            listener.purgedUnknownKeys();
        }
        if (ofOthers.isEmpty() || ofOthers.contains(token)) {
            tokens.put(address, token);
            return null;
        }
        return ofOthers.get(0);
    }

    private void ask(String address, String since, int pages) {
        Futures.then(
                Futures.call(() -> transport.purges(address, since, timeoutMillis)),
                page -> answered(address, page, pages),
                failure -> {
                    LOG.debug("purges of node {}: {}", address, failure.getMessage());
                    runAfter(RETRY_NANOS, address, () -> end(address));
                });
    }

    private void answered(String address, PurgePage page, int pages) {
        if (!TOKEN.matcher(page.token()).matches()) {
            throw new IllegalArgumentException("token of an answer (expected: " + TOKEN + ")");
        }
        if (page.complete()) {
            repeated.purged(page.keys());
        } else {
            LOG.info("purges of node {}: it has another list than before; the local cache is emptied", address);
            repeated.purgedUnknownKeys();
        }
        tokens.put(address, page.token());
        if (!page.complete() || !page.more()) {
            end(address);
        } else if (pages < MAX_PAGES) {
            ask(address, page.token(), pages + 1);
        } else {
            runAfter(RETRY_NANOS, address, () -> end(address));
        }
    }

    private void end(String address) {
        CompletableFuture<Void> pending;
        synchronized (asking) {
            pending = asking.remove(address);
        }
        if (pending != null) {
            pending.complete(null);
        }
    }
}
