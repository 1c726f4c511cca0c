package io.zonecache.membership.hazelcast;

import io.zonecache.membership.Discovery;
import io.zonecache.membership.Membership;
import io.zonecache.membership.MembershipConfig;
import io.zonecache.membership.MembershipStatus;
import io.zonecache.membership.PurgeList;
import io.zonecache.membership.internal.MembershipCore;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.EncodedView;
import io.zonecache.model.HostAndPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Clock;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Membership over a Hazelcast member in this process. Two threads: one for the rules and the listeners, one that starts the
 * Hazelcast member, and starts another should it ever give up.
 */
public final class HazelcastMembership implements Membership {

    private static final Logger LOG = LoggerFactory.getLogger(HazelcastMembership.class);
    private static final long STEP_MILLIS = 200;
    private static final long PORT_WAIT_MILLIS = 1_000;
    private static final long CLOSE_WAIT_MILLIS = 5_000;
    private static final long RESTART_DELAY_MILLIS = 1_000;
    /** Peers that take connections but never answer may hold up the member for longer; the node then serves its last view. */
    private static final long START_WAIT_MILLIS = 15_000;

    private final MembershipConfig config;
    private final MembershipConfig alone;
    private final Clock clock;
    private final MembershipCore core;
    private final HazelcastNetwork network;
    private final ScheduledThreadPoolExecutor loop = executor("zonecache-membership");
    private final ScheduledThreadPoolExecutor starter = executor("zonecache-membership-start");
    private final AtomicBoolean woken = new AtomicBoolean();
    private final AtomicBoolean restartDue = new AtomicBoolean();
    private volatile boolean closed;
    private int tries;

    private HazelcastMembership(MembershipConfig config, PurgeList purgeList, Clock clock) {
        this.config = config;
        this.alone = config.withDiscovery(new Discovery.Hosts(List.of()));
        this.clock = clock;
        this.network = new HazelcastNetwork(this::receive, this::wake, this::restart);
        this.core = new MembershipCore(config, UUID.randomUUID().toString(), network, purgeList);
    }

    /** With the system's clock, and a purge list that ends with the process. */
    public static HazelcastMembership start(MembershipConfig config) {
        return start(config, PurgeList.inMemory(), Clock.systemUTC());
    }

    /**
     * Returns when this node's member runs, with or without others.
     *
     * @param purgeList this node's copy of the zone's
     * @param clock for epochs only; delays are measured by monotonic time
     * @throws CacheException where the cluster port can't be bound or the directory not be used
     */
    public static HazelcastMembership start(MembershipConfig config, PurgeList purgeList, Clock clock) {
        TamedLogging.install();
        checkPort(config);
        HazelcastMembership membership = new HazelcastMembership(config, purgeList, clock);
        try {
            membership.run();
        } catch (RuntimeException e) {
            membership.close();
            throw e;
        }
        return membership;
    }

    private void run() {
        // First, and from then on without a gap: a gap is taken for a stall.
        var unused = loop.scheduleWithFixedDelay(this::step, 0, STEP_MILLIS, TimeUnit.MILLISECONDS);
        CompletableFuture<Void> started = new CompletableFuture<>();
        starter.execute(() -> startMember(started));
        try {
            started.get(START_WAIT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.warn("cluster port {}: no peer answers; still trying", config.clusterPort());
        } catch (ExecutionException e) {
            throw new CacheException(
                    CacheErrorCode.INTERNAL,
                    "cluster member at " + new HostAndPort(config.clusterHost(), config.clusterPort())
                            + ": does not start, "
                            + e.getCause(),
                    e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CacheException(CacheErrorCode.CLOSED, "cluster member: interrupted at its start", e);
        }
    }

    @Override
    public @Nullable EncodedView view() {
        return core.view();
    }

    @Override
    public void addListener(Consumer<EncodedView> listener) {
        execute(() -> core.addListener(listener));
    }

    @Override
    public long unconfirmedMillis() {
        return core.unconfirmedMillis(System.nanoTime());
    }

    @Override
    public MembershipStatus status() {
        return core.status();
    }

    @Override
    public void leave() {
        core.drain();
        wake();
    }

    @Override
    public void announceDown() {
        core.announceDown();
        wake();
    }

    @Override
    public void forceView() {
        core.force();
        wake();
    }

    @Override
    public void spreadPurge(ChunkKey key) {
        core.spreadPurge(key);
        wake();
    }

    @Override
    public List<String> purgeLacking() {
        return core.purgeLacking();
    }

    @Override
    public void close() {
        closed = true;
        loop.shutdown();
        starter.shutdownNow();
        await(loop);
        network.stop();
        await(starter);
        // A start that was under way has ended by now.
        network.stop();
    }

    private static void await(ExecutorService executor) {
        try {
            if (!executor.awaitTermination(CLOSE_WAIT_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.warn("membership: a thread does not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void receive(byte[] message) {
        core.receive(message);
        wake();
    }

    /** Many wakes before a step make one step. */
    private void wake() {
        if (woken.compareAndSet(false, true)) {
            execute(this::step);
        }
    }

    private void step() {
        woken.set(false);
        try {
            core.step(clock.millis(), System.nanoTime());
        } catch (RuntimeException e) {
            // The next step starts from the facts again.
            LOG.error("membership of {}: a step failed", config.self().id(), e);
        }
    }

    private void execute(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("membership of {}: closed", config.self().id());
        }
    }

    /**
     * Each second try. A peer that takes connections but says nothing, as a frozen one does, keeps a member from finding that it is
     * alone; without peers it is. They find it when they are back: every cluster's oldest member looks for others all the time.
     */
    private boolean startsAlone() {
        return tries++ % 2 == 1;
    }

    private void startMember(CompletableFuture<Void> started) {
        try {
            network.stop();
            network.start(HazelcastSettings.config(startsAlone() ? alone : config, core.card()));
            started.complete(null);
        } catch (RuntimeException e) {
            if (!started.completeExceptionally(e) && !closed) {
                LOG.error("cluster member at port {}: does not start", config.clusterPort(), e);
            }
        }
    }

    /** Hazelcast stops a member that finds no way into a cluster; the node must look for its zone again. */
    private void restart() {
        if (!closed && restartDue.compareAndSet(false, true)) {
            try {
                var unused = starter.schedule(this::startAgain, RESTART_DELAY_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                LOG.debug("membership of {}: closed", config.self().id());
            }
        }
    }

    private void startAgain() {
        restartDue.set(false);
        LOG.warn("cluster member at port {}: stopped; starting another", config.clusterPort());
        CompletableFuture<Void> started = new CompletableFuture<>();
        startMember(started);
        if (started.isCompletedExceptionally()) {
            restart();
        }
    }

    /** Hazelcast's own message does not name the address. A predecessor may take a moment to let go of the port. */
    private static void checkPort(MembershipConfig config) {
        InetSocketAddress address =
                new InetSocketAddress(HazelcastSettings.address(config.clusterHost()), config.clusterPort());
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PORT_WAIT_MILLIS);
        IOException failure = tryBind(address);
        while (failure != null && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            failure = tryBind(address);
        }
        if (failure != null) {
            throw new CacheException(
                    CacheErrorCode.BAD_REQUEST,
                    "clusterPort: " + config.clusterPort() + " on " + config.clusterHost()
                            + " (expected: a port that is free and may be bound): " + failure.getMessage(),
                    failure);
        }
    }

    private static @Nullable IOException tryBind(InetSocketAddress address) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(address);
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    private static ScheduledThreadPoolExecutor executor(String name) {
        ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        });
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        return executor;
    }

    /** For tests that act as a broken or hostile member. */
    HazelcastNetwork network() {
        return network;
    }
}
