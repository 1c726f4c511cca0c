package io.zonecache.client.internal.view;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.transport.StripeTransport;
import io.zonecache.model.EncodedView;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the newest view known and tells of newer ones. Starts from the seeds, all at once; then one node at a time holds a request until
 * something changes, and an answer of any node that carries a newer epoch asks that node at once. Views of other zones and
 * older views are rejected; while nobody answers, the last view stands. Safe for concurrent use, never blocks.
 */
public final class ViewTracker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ViewTracker.class);
    private static final int MAX_SEEDS_AT_ONCE = 8;
    private static final int REFRESH_ATTEMPTS = 3;
    private static final long FIRST_PAUSE_MILLIS = 250;

    /** One round can fail because client and nodes have only just started; two seconds or so can't. */
    private static final int FIRST_ROUNDS = 3;

    private static final long MIN_TOLD_NANOS = 500_000_000L;

    private final StripeTransport transport;
    private final ClientTimer timer;
    private final Random random;
    private final PurgeTracker purges;
    private final ViewOptions options;
    private final Consumer<KnownView> onView;
    private final CompletableFuture<Void> firstAttempt = new CompletableFuture<>();
    private volatile @Nullable KnownView current;
    private volatile boolean isClosed;
    private @Nullable CompletableFuture<Void> refreshing;
    private @Nullable String rejectedZone;
    private boolean isUnreachable;
    private boolean hasBeenTold;
    private long toldAtNanos;
    private long bootstrapPauseMillis = FIRST_PAUSE_MILLIS;
    private int failedRounds;

    /** @param onView called with each newer view, in order, before {@link #current} returns it */
    public ViewTracker(
            StripeTransport transport,
            ClientTimer timer,
            Random random,
            PurgeTracker purges,
            ViewOptions options,
            Consumer<KnownView> onView) {
        this.transport = transport;
        this.timer = timer;
        this.random = random;
        this.purges = purges;
        this.options = options;
        this.onView = onView;
    }

    public void start() {
        transport.onEpoch(this::epochSeen);
        bootstrap();
    }

    /** The newest view known; null before the first. */
    public @Nullable KnownView current() {
        return current;
    }

    /** Done, never exceptionally, once there is a view or every seed has failed three times. */
    public CompletableFuture<Void> firstAttempt() {
        return firstAttempt;
    }

    /** Asks for a newer view now; completes, never exceptionally, when an answer has come or none could be had. */
    public CompletableFuture<Void> refresh() {
        CompletableFuture<Void> mine = new CompletableFuture<>();
        synchronized (this) {
            if (refreshing != null) {
                return refreshing;
            }
            refreshing = mine;
        }
        refresh(addresses(), 0, mine);
        return mine;
    }

    @Override
    public void close() {
        isClosed = true;
        firstAttempt.complete(null);
    }

    private void bootstrap() {
        List<String> seeds = addresses();
        int asked = Math.min(MAX_SEEDS_AT_ONCE, seeds.size());
        AtomicInteger left = new AtomicInteger(asked);
        for (String seed : seeds.subList(0, asked)) {
            Futures.whenDone(transport.view(seed, null, null, 0, options.timeoutMillis()), (view, failure) -> {
                if (view != null) {
                    take(view, seed);
                }
                if (left.decrementAndGet() == 0) {
                    bootstrapped(failure);
                }
            });
        }
    }

    private void bootstrapped(@Nullable Throwable failure) {
        if (current != null) {
            poll(0);
            return;
        }
        if (++failedRounds == FIRST_ROUNDS) {
            firstAttempt.complete(null);
            unreachable(failure);
        }
        long pauseMillis = jittered(bootstrapPauseMillis, bootstrapPauseMillis);
        bootstrapPauseMillis = Math.min(2 * bootstrapPauseMillis, options.pollMillis());
        later(pauseMillis, this::bootstrap);
    }

    /** One node holds the request; when it fails the next one is asked, and after all of them there is a pause. */
    private void poll(int failures) {
        if (isClosed) {
            return;
        }
        List<String> addresses = addresses();
        String address = addresses.get(0);
        KnownView known = current;
        String etag = known == null ? null : known.encoded().version().etag();
        long startNanos = timer.nanoTime();
        long timeoutMillis = options.waitMillis() + options.timeoutMillis();
        String token = purges.newestToken(address);
        Futures.whenDone(transport.view(address, etag, token, options.waitMillis(), timeoutMillis), (view, failure) -> {
            boolean isNew = view != null && take(view, address);
            if (failure != null) {
                boolean isLast = failures + 1 >= addresses.size();
                if (isLast) {
                    unreachable(failure);
                }
                later(
                        isLast ? jittered(options.pollMillis(), options.jitterMillis()) : 0,
                        () -> poll(isLast ? 0 : failures + 1));
                return;
            }
            reachable();
            CompletableFuture<Void> caughtUp = purges.caughtUp(address);
            if (!caughtUp.isDone()) {
                // It ended for the news of purges: the next one may wait once those are known.
                Futures.thenRun(caughtUp, () -> later(0, () -> poll(0)));
                return;
            }
            boolean wasHeld = timer.nanoTime() - startNanos >= TimeUnit.MILLISECONDS.toNanos(options.pollMillis());
            // It may have ended for news that another answer had brought before.
            boolean hadNews = !Objects.equals(token, purges.newestToken(address));
            long pauseMillis = isNew || wasHeld || hadNews ? 0 : options.pollMillis();
            later(jittered(pauseMillis, options.jitterMillis()), () -> poll(0));
        });
    }

    /** A node that announces an epoch which it then can't show must not cost a request for each of its answers. */
    private void epochSeen(ZoneNode node, long epoch) {
        KnownView known = current;
        if (known == null || epoch <= known.view().epoch() || isClosed) {
            return;
        }
        long now = timer.nanoTime();
        CompletableFuture<Void> mine = new CompletableFuture<>();
        synchronized (this) {
            if (refreshing != null || (hasBeenTold && now - toldAtNanos < MIN_TOLD_NANOS)) {
                return;
            }
            hasBeenTold = true;
            toldAtNanos = now;
            refreshing = mine;
        }
        refresh(List.of(node.address()), 0, mine);
    }

    private void refresh(List<String> addresses, int attempt, CompletableFuture<Void> done) {
        if (isClosed || attempt == Math.min(REFRESH_ATTEMPTS, addresses.size())) {
            endRefresh(done);
            return;
        }
        String address = addresses.get(attempt);
        KnownView known = current;
        String etag = known == null ? null : known.encoded().version().etag();
        Futures.whenDone(transport.view(address, etag, null, 0, options.timeoutMillis()), (view, failure) -> {
            if (view != null) {
                take(view, address);
            }
            if (failure != null) {
                refresh(addresses, attempt + 1, done);
            } else {
                endRefresh(done);
            }
        });
    }

    private void endRefresh(CompletableFuture<Void> done) {
        synchronized (this) {
            refreshing = null;
        }
        done.complete(null);
    }

    /** @return whether it is newer than what was known */
    private boolean take(EncodedView view, String address) {
        KnownView newest;
        synchronized (this) {
            KnownView known = current;
            String zone = known != null ? known.view().settings().zone() : options.zone();
            String found = view.view().settings().zone();
            if (zone != null && !zone.equals(found)) {
                if (!found.equals(rejectedZone)) {
                    LOG.warn("view of node {}: zone {} (expected: {}); ignored", address, found, zone);
                    rejectedZone = found;
                }
                return false;
            }
            if (known != null && !view.isNewerThan(known.encoded())) {
                return false;
            }
            newest = KnownView.of(view);
            transport.announceEpoch(view.view().epoch());
            onView.accept(newest);
            current = newest;
        }
        purges.retain(addresses());
        LOG.info(
                "view {} of zone {}: {} nodes, {}",
                newest.view().epoch(),
                newest.view().settings().zone(),
                newest.view().nodes().size(),
                newest.view().settings().code());
        firstAttempt.complete(null);
        return true;
    }

    /** Nodes of the view, those that are up first and the rest shuffled, then the seeds. */
    private List<String> addresses() {
        List<String> up = new ArrayList<>();
        List<String> others = new ArrayList<>();
        KnownView known = current;
        if (known != null) {
            for (ZoneNode node : known.view().nodes()) {
                (node.state() == NodeState.UP ? up : others).add(node.address());
            }
        }
        for (String seed : options.seeds()) {
            if (!up.contains(seed) && !others.contains(seed)) {
                others.add(seed);
            }
        }
        Collections.shuffle(up, random);
        Collections.shuffle(others, random);
        up.addAll(others);
        return up;
    }

    private synchronized void unreachable(@Nullable Throwable failure) {
        if (!isUnreachable && !isClosed) {
            isUnreachable = true;
            LOG.warn(
                    "no node of the zone answers for its view: {}",
                    failure == null
                            ? "no usable answer"
                            : Futures.asCacheException(failure).getMessage());
        }
    }

    private synchronized void reachable() {
        isUnreachable = false;
    }

    private long jittered(long millis, long jitterMillis) {
        return millis + random.nextInt((int) jitterMillis + 1);
    }

    private void later(long pauseMillis, Runnable task) {
        if (!isClosed) {
            timer.schedule(TimeUnit.MILLISECONDS.toNanos(pauseMillis), () -> {
                if (!isClosed) {
                    task.run();
                }
            });
        }
    }
}
