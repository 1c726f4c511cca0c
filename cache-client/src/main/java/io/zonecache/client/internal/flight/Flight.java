package io.zonecache.client.internal.flight;

import io.zonecache.client.internal.Futures;
import io.zonecache.client.internal.fill.FilledChunk;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.read.ChunkRead;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.model.CacheException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One chunk's load and all requests that wait for it.
 *
 * <p>Its deadline is the latest deadline of its waiters, including those that join late. If a load fails because of time, retries, a limit or a
 * queue ({@link LoadFailures}), the waiters that were there when it began get the failure. For the others that have time left, one new load begins,
 * and all of them count as waiting from its beginning. So no request waits for more than two loads, and only one runs at a time. Consecutive loads
 * begin at least {@link #MIN_INTERVAL_NANOS} apart.
 *
 * <p>When the last waiter leaves, the load is cancelled and the flight can no longer be joined. Safe for concurrent use; waiters are notified
 * while no lock is held.
 */
final class Flight {

    private static final Logger LOG = LoggerFactory.getLogger(Flight.class);

    /**
     * Minimum time between the beginnings of two loads, to which up to as much again is added at random: what has just refused a load would refuse
     * the next at once too.
     */
    private static final long MIN_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** A request that waits for the load. It is notified once, through {@link #loaded} or {@link #failed}, which must not block. */
    interface Waiter {

        /** The time until which it waits, on the client's clock. */
        long deadlineNanos();

        /** The header sent to nodes with a load for which this waiter is the first one. */
        @Nullable
        String traceparent();

        void loaded(FilledChunk chunk);

        void failed(CacheException failure);
    }

    private final ChunkName target;
    private final ChunkLoader loader;
    private final ClientTimer timer;
    private final RandomGenerator random;
    private final Consumer<Flight> onOver;
    private final AtomicBoolean isStarted = new AtomicBoolean();

    /** For each waiter, the number of the first load that it waits for from the beginning. */
    private final Map<Waiter, Integer> waiters = new LinkedHashMap<>();

    private int loadsBegun;
    private long beganNanos;
    private long firstDeadlineNanos;
    private @Nullable ChunkRead load;
    private ClientTimer.@Nullable Scheduled pause;
    private @Nullable CacheException loadFailure;
    private boolean isOver;

    /** @param onOver called once, when no request can join any more, before any waiter is notified */
    Flight(ChunkName target, ChunkLoader loader, ClientTimer timer, RandomGenerator random, Consumer<Flight> onOver) {
        this.target = target;
        this.loader = loader;
        this.timer = timer;
        this.random = random;
        this.onOver = onOver;
    }

    /** Joins. False if the flight is over. */
    synchronized boolean add(Waiter waiter) {
        if (isOver) {
            return false;
        }
        waiters.put(waiter, loadsBegun + 1);
        if (load != null) {
            load.extendDeadline(waiter.deadlineNanos());
        }
        return true;
    }

    /** What has kept the load from its end so far, or has ended the one before; null if nothing has failed. */
    synchronized @Nullable CacheException lastFailure() {
        CacheException ofLoad = load == null ? null : load.lastFailure();
        return ofLoad == null ? loadFailure : ofLoad;
    }

    /** Begins the first load, unless it has begun already. */
    void ensureStarted() {
        if (isStarted.compareAndSet(false, true)) {
            beginLoad();
        }
    }

    /** Removes a waiter; no effect if it has been notified already. */
    void leave(Waiter waiter) {
        ChunkRead abandoned;
        ClientTimer.Scheduled waiting;
        synchronized (this) {
            if (waiters.remove(waiter) == null || isOver || !waiters.isEmpty()) {
                return;
            }
            isOver = true;
            abandoned = load;
            waiting = pause;
        }
        onOver.accept(this);
        if (waiting != null) {
            waiting.cancel();
        }
        if (abandoned != null) {
            abandoned.cancel();
        }
    }

    private void beginLoad() {
        try {
            ChunkRead begun = nextLoad();
            if (begun != null) {
                Futures.whenDone(loader.load(begun), (chunk, failure) -> loadEnded(begun, chunk, failure));
            }
        } catch (RuntimeException | Error e) {
            end(null, Futures.asCacheException(e));
        }
    }

    private synchronized @Nullable ChunkRead nextLoad() {
        pause = null;
        if (isOver) {
            return null;
        }
        Iterator<Waiter> all = waiters.keySet().iterator();
        Waiter first = all.next();
        long latestNanos = first.deadlineNanos();
        while (all.hasNext()) {
            latestNanos = later(latestNanos, all.next().deadlineNanos());
        }
        beganNanos = timer.nanoTime();
        firstDeadlineNanos = latestNanos;
        load = loader.begin(target, first.traceparent(), latestNanos);
        loadsBegun++;
        return load;
    }

    private void loadEnded(ChunkRead ended, @Nullable FilledChunk chunk, @Nullable Throwable failure) {
        try {
            if (failure == null) {
                end(chunk, null);
            } else {
                loadFailed(ended, Futures.asCacheException(failure));
            }
        } catch (RuntimeException | Error e) {
            end(null, Futures.asCacheException(e));
        }
    }

    private void loadFailed(ChunkRead ended, CacheException failure) {
        LoadFailures.Audience audience = LoadFailures.audienceOf(failure);
        if (audience == LoadFailures.Audience.EVERYBODY) {
            end(null, failure);
            return;
        }
        long pauseNanos;
        List<Waiter> answered;
        boolean isEnd;
        synchronized (this) {
            if (isOver || load != ended) {
                return;
            }
            load = null;
            loadFailure = failure;
            long now = timer.nanoTime();
            pauseNanos = pauseNanos(now);
            answered = takeAnswered(audience, now + pauseNanos);
            isEnd = waiters.isEmpty();
            isOver = isEnd;
        }
        if (isEnd) {
            onOver.accept(this);
        }
        deliver(answered, null, failure);
        if (!isEnd) {
            beginAfter(pauseNanos);
        }
    }

    /** Takes the waiters that get this failure, and those that would no longer wait when the next load begins. */
    private List<Waiter> takeAnswered(LoadFailures.Audience audience, long nextNanos) {
        List<Waiter> answered = new ArrayList<>();
        waiters.forEach((waiter, firstLoad) -> {
            boolean isAnswer = firstLoad <= loadsBegun
                    || waiter.deadlineNanos() - nextNanos <= 0
                    || (audience == LoadFailures.Audience.WITHIN_FIRST_DEADLINE
                            && waiter.deadlineNanos() - firstDeadlineNanos <= 0);
            if (isAnswer) {
                answered.add(waiter);
            }
        });
        answered.forEach(waiters::remove);
        return answered;
    }

    /** The interval, less what has passed since the last load began. */
    private long pauseNanos(long nowNanos) {
        long interval = MIN_INTERVAL_NANOS + random.nextLong(MIN_INTERVAL_NANOS);
        return Math.max(0, interval - (nowNanos - beganNanos));
    }

    private void beginAfter(long pauseNanos) {
        ClientTimer.Scheduled scheduled = timer.schedule(pauseNanos, this::beginLoad);
        boolean isAbandoned;
        synchronized (this) {
            if (load == null) {
                pause = scheduled;
            }
            isAbandoned = isOver;
        }
        if (isAbandoned) {
            scheduled.cancel();
        }
    }

    /** Ends the flight for all waiters. */
    private void end(@Nullable FilledChunk chunk, @Nullable CacheException failure) {
        List<Waiter> recipients;
        synchronized (this) {
            if (isOver) {
                return;
            }
            isOver = true;
            load = null;
            recipients = List.copyOf(waiters.keySet());
            waiters.clear();
        }
        onOver.accept(this);
        deliver(recipients, chunk, failure);
    }

    /** Notifies all of them, whatever one of them throws. */
    private void deliver(List<Waiter> recipients, @Nullable FilledChunk chunk, @Nullable CacheException failure) {
        for (Waiter waiter : recipients) {
            try {
                if (chunk != null) {
                    waiter.loaded(chunk);
                } else {
                    waiter.failed(failure == null ? Futures.closed(null) : failure);
                }
            } catch (RuntimeException | Error e) {
                LOG.error("chunk {}: a request threw when its load ended", target.key(), e);
            }
        }
    }

    private static long later(long oneNanos, long otherNanos) {
        return oneNanos - otherNanos > 0 ? oneNanos : otherNanos;
    }
}
