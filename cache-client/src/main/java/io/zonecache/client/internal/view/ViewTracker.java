package io.zonecache.client.internal.view;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.transport.StripeTransport;
import io.zonecache.model.CacheException;
import io.zonecache.model.EncodedView;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneView;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the newest view known and reports newer ones. Asks all seeds at once at first; then one node at a time holds a request until something
 * changes, and if an answer of any node carries a newer epoch, that node is asked at once. Views of other zones and older views are rejected; while
 * no node answers, the last view stands. After any failure, even an {@link Error}, it asks again. Safe for concurrent use, never blocks.
 */
public final class ViewTracker implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ViewTracker.class);
    private static final int MAX_SEEDS_AT_ONCE = 8;
    private static final int REFRESH_ATTEMPTS = 3;
    private static final long FIRST_PAUSE_MILLIS = 250;

    /** One round can fail because client and nodes have only just started; several, over two seconds or so, can't. */
    private static final int FIRST_ROUNDS = 3;

    private static final long MIN_EPOCH_REFRESH_NANOS = 500_000_000L;

    private final StripeTransport transport;
    private final ClientTimer timer;
    private final Random random;
    private final PurgeTracker purges;
    private final ViewOptions options;
    private final Consumer<ZoneView> onView;
    private final Consumer<ZoneView> listener;
    private final CompletableFuture<Void> firstAttempt = new CompletableFuture<>();
    private volatile @Nullable KnownView current;
    private volatile boolean isClosed;

    /** What polling, or bootstrap before it, does next. */
    private final AtomicReference<@Nullable Runnable> nextStep = new AtomicReference<>();

    /** The next step has no timer, because setting it failed. */
    private volatile boolean isTimerLost;

    private @Nullable CompletableFuture<Void> refreshing;
    private @Nullable String rejectedZone;
    private boolean isUnreachable;
    private volatile @Nullable String unreachableReason;
    private boolean hasRefreshedForEpoch;
    private long lastEpochRefreshNanos;
    private long bootstrapPauseMillis = FIRST_PAUSE_MILLIS;
    private int failedRounds;

    /**
     * @param timer runs the listener too
     * @param onView called with each newer view, in order, before {@link #current} returns it and under the tracker's lock; one that throws is called
     *     again when the next answer brings that view
     * @param listener called with each view that {@link #current} has returned, in order, under no lock
     */
    public ViewTracker(
            StripeTransport transport,
            ClientTimer timer,
            Random random,
            PurgeTracker purges,
            ViewOptions options,
            Consumer<ZoneView> onView,
            Consumer<ZoneView> listener) {
        this.transport = transport;
        this.timer = timer;
        this.random = random;
        this.purges = purges;
        this.options = options;
        this.onView = onView;
        this.listener = listener;
    }

    public void start() {
        transport.onEpoch(this::epochSeen);
        run(this::bootstrap);
    }

    /** The newest view known; null before the first. */
    public @Nullable KnownView current() {
        if (isTimerLost) {
            isTimerLost = false;
            setTimer(0);
        }
        return current;
    }

    /** Done, never exceptionally, once there is a view, every seed has failed three times, or the timer has failed. */
    public CompletableFuture<Void> firstAttempt() {
        return firstAttempt;
    }

    /** Asks for a newer view now; completes, never exceptionally, when an answer has come or none could be obtained. */
    public CompletableFuture<Void> refresh() {
        List<String> addresses = addresses();
        CompletableFuture<Void> mine = new CompletableFuture<>();
        synchronized (this) {
            if (refreshing != null) {
                return refreshing;
            }
            refreshing = mine;
        }
        refresh(addresses, 0, mine);
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
            Futures.whenDone(ask(seed, null, 0), (isNew, failure) -> {
                if (left.decrementAndGet() == 0) {
                    bootstrapped(failure);
                }
            });
        }
    }

    private void bootstrapped(@Nullable Throwable failure) {
        if (current != null) {
            reachable();
            run(() -> poll(Set.of()));
            return;
        }
        later(jittered(bootstrapPauseMillis, bootstrapPauseMillis), this::bootstrap);
        bootstrapPauseMillis = Math.min(2 * bootstrapPauseMillis, options.pollMillis());
        if (++failedRounds < FIRST_ROUNDS) {
            unreachableReason = reason(failure);
        } else if (failedRounds == FIRST_ROUNDS) {
            firstAttempt.complete(null);
            unreachable(failure);
        }
    }

    /**
     * One node holds the request; when it fails another one is asked, and after all of them there is a pause.
     *
     * @param failed addresses that have failed since the last pause or answer
     */
    private void poll(Set<String> failed) {
        List<String> addresses = addresses();
        addresses.removeAll(failed);
        if (addresses.isEmpty()) {
            // The view is another one than before.
            later(jittered(options.pollMillis(), options.jitterMillis()), () -> poll(Set.of()));
            return;
        }
        String address = addresses.get(0);
        long startNanos = timer.nanoTime();
        String token = purges.newestToken(address);
        Futures.then(
                ask(address, token, options.waitMillis()),
                isNew -> polled(address, token, isNew, startNanos),
                failure -> pollFailed(failed, address, addresses.size() == 1, failure));
    }

    private void polled(String address, @Nullable String token, boolean isNew, long startNanos) {
        reachable();
        CompletableFuture<Void> caughtUp = purges.caughtUp(address);
        if (!caughtUp.isDone()) {
            // It ended because of new purges: the next one may wait once those are known.
            Futures.thenRun(caughtUp, () -> later(0, () -> poll(Set.of())));
            return;
        }
        // Or it ended because of news that another answer had already brought.
        boolean wasHeld = timer.nanoTime() - startNanos >= TimeUnit.MILLISECONDS.toNanos(options.pollMillis())
                || !Objects.equals(token, purges.newestToken(address));
        long pauseMillis = isNew || wasHeld ? 0 : options.pollMillis();
        later(jittered(pauseMillis, options.jitterMillis()), () -> poll(Set.of()));
    }

    private void pollFailed(Set<String> before, String address, boolean isLast, CacheException failure) {
        Set<String> failed = new HashSet<>(before);
        failed.add(address);
        later(
                isLast ? jittered(options.pollMillis(), options.jitterMillis()) : 0,
                () -> poll(isLast ? Set.of() : failed));
        if (isLast) {
            unreachable(failure);
        }
    }

    /** A node that announces an epoch but then can't show it must not cost a request for each of its answers. */
    private void epochSeen(ZoneNode node, long epoch) {
        KnownView known = current();
        if (known == null || epoch <= known.view().epoch() || isClosed) {
            return;
        }
        List<String> addresses = List.of(node.address());
        long now = timer.nanoTime();
        CompletableFuture<Void> mine = new CompletableFuture<>();
        synchronized (this) {
            if (refreshing != null || (hasRefreshedForEpoch && now - lastEpochRefreshNanos < MIN_EPOCH_REFRESH_NANOS)) {
                return;
            }
            hasRefreshedForEpoch = true;
            lastEpochRefreshNanos = now;
            refreshing = mine;
        }
        refresh(addresses, 0, mine);
    }

    private void refresh(List<String> addresses, int attempt, CompletableFuture<Void> done) {
        try {
            if (!isClosed && attempt < Math.min(REFRESH_ATTEMPTS, addresses.size())) {
                Futures.then(
                        ask(addresses.get(attempt), null, 0),
                        isNew -> endRefresh(done),
                        failure -> refresh(addresses, attempt + 1, done));
                return;
            }
        } catch (RuntimeException | Error e) {
            LOG.warn("the view was not asked for", e);
        }
        endRefresh(done);
    }

    private void endRefresh(CompletableFuture<Void> done) {
        synchronized (this) {
            refreshing = null;
        }
        done.complete(null);
    }

    /** Asks a node for its view and completes with whether it was newer; fails if there was no answer, or it could not be adopted. */
    private CompletableFuture<Boolean> ask(String address, @Nullable String purgeToken, long waitMillis) {
        KnownView known = current;
        String etag = known == null ? null : known.encoded().version().etag();
        long timeoutMillis = waitMillis + options.timeoutMillis();
        return Futures.call(() -> transport.view(address, etag, purgeToken, waitMillis, timeoutMillis))
                .thenApply(view -> view != null && take(view, address));
    }

    /** @return whether it is newer than what was known */
    private boolean take(EncodedView view, String address) {
        KnownView newest;
        try {
            newest = adopt(view, address);
        } finally {
            if (current != null) {
                firstAttempt.complete(null);
            }
        }
        if (newest == null) {
            return false;
        }
        purges.retain(addresses());
        LOG.info(
                "view {} of zone {}: {} nodes, {}",
                newest.view().epoch(),
                newest.view().settings().zone(),
                newest.view().nodes().size(),
                newest.view().settings().code());
        return true;
    }

    /** Null if it is of another zone, or no newer than what is known. */
    private synchronized @Nullable KnownView adopt(EncodedView view, String address) {
        KnownView known = current;
        String zone = known != null ? known.view().settings().zone() : options.zone();
        String found = view.view().settings().zone();
        if (zone != null && !zone.equals(found)) {
            if (!found.equals(rejectedZone)) {
                LOG.warn("view of node {}: zone {} (expected: {}); ignored", address, found, zone);
                rejectedZone = found;
            }
            return null;
        }
        if (known != null && !view.isNewerThan(known.encoded())) {
            return null;
        }
        KnownView newest = KnownView.of(view);
        onView.accept(newest.view());
        current = newest;
        try {
            transport.announceEpoch(newest.view().epoch());
        } finally {
            // The listener is the user's: it must not run under this lock.
            timer.schedule(0, () -> listener.accept(newest.view()));
        }
        return newest;
    }

    /** The nodes that are up, shuffled, then the other nodes of the view and the seeds, shuffled together. */
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
        String reason = reason(failure);
        unreachableReason = reason;
        if (!isUnreachable && !isClosed) {
            isUnreachable = true;
            LOG.warn("no node of the zone answers for its view: {}", reason);
        }
    }

    private static String reason(@Nullable Throwable failure) {
        return failure == null
                ? "no usable answer"
                : Futures.asCacheException(failure).detail();
    }

    private synchronized void reachable() {
        isUnreachable = false;
        unreachableReason = null;
    }

    /** Why no node answered when all had been asked; null if one has answered since. */
    public @Nullable String unreachableReason() {
        return unreachableReason;
    }

    private long jittered(long millis, long jitterMillis) {
        return millis + random.nextInt((int) jitterMillis + 1);
    }

    /** Continues polling, or bootstrap before it, with this step now. */
    private void run(Runnable step) {
        nextStep.set(step);
        runNextStep();
    }

    /** Continues polling, or bootstrap before it, with this step after a pause. */
    private void later(long pauseMillis, Runnable step) {
        nextStep.set(step);
        setTimer(pauseMillis);
    }

    private void setTimer(long pauseMillis) {
        if (isClosed) {
            return;
        }
        try {
            timer.schedule(TimeUnit.MILLISECONDS.toNanos(pauseMillis), this::runNextStep);
        } catch (RuntimeException | Error e) {
            isTimerLost = true;
            // Reads go on without a view, and ask for it, which sets the timer again.
            firstAttempt.complete(null);
            LOG.warn("the view's timer failed", e);
        }
    }

    /** Does nothing if the timer runs twice for one step. */
    private void runNextStep() {
        Runnable step = nextStep.getAndSet(null);
        if (step == null || isClosed) {
            return;
        }
        try {
            step.run();
        } catch (RuntimeException | Error e) {
            later(options.pollMillis(), step);
            LOG.warn("the view was not asked for", e);
        }
    }
}
