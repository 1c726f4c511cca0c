package io.zonecache.client;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.time.CacheThread;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.time.StallAwareClock;
import io.zonecache.client.internal.time.SystemTimer;
import io.zonecache.client.internal.transport.Blocking;
import io.zonecache.client.internal.transport.StripeTransport;
import io.zonecache.client.internal.transport.TransportOptions;
import io.zonecache.client.internal.transport.VertxStripeTransport;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client runs on: timer, connections, threads, and the codec of its chunks.
 *
 * @param stallAwareClock the timer's nanoseconds, less those in which the client's own event loops stalled
 * @param random safe for concurrent use
 * @param searches runs the searches for corrupt stripes
 * @param computing runs hashing and encoding that would occupy an event loop for too long; still runs accepted tasks while it closes
 * @param end ends connections and threads
 */
record ClientPlatform(
        ClientTimer timer,
        LongSupplier stallAwareClock,
        StripeTransport transport,
        Random random,
        Executor searches,
        Executor computing,
        ChunkCodec codec,
        Runnable end)
        implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ClientPlatform.class);

    /** For write-backs in flight, and again for connections and threads. */
    private static final long CLOSE_SECONDS = 5;

    private static final long TICK_MILLIS = 100;
    private static final long THREAD_IDLE_SECONDS = 5;

    /** Maximum number of queued searches for corrupt stripes. */
    private static final int MAX_SEARCHES = 64;

    /**
     * Starts a platform on the machine's clock and network, with its own event loops. If that fails, everything already started is closed.
     *
     * @throws IllegalStateException on an event loop or one of a cache's own threads, before anything is started
     */
    static ClientPlatform start(ClientConfig config) {
        Blocking.check();
        Deque<Runnable> started = new ArrayDeque<>();
        try {
            SystemTimer timer = new SystemTimer("zonecache-timer");
            started.push(timer::close);
            ThreadPoolExecutor searches = threads("zonecache-search", 1, new ArrayBlockingQueue<>(MAX_SEARCHES));
            started.push(searches::shutdownNow);
            // Each round of a read and each call of prime has at most one task, and both are bounded.
            ThreadPoolExecutor computing = threads(
                    "zonecache-compute", Runtime.getRuntime().availableProcessors(), new LinkedBlockingQueue<>());
            started.push(computing::shutdown);
            Vertx vertx = vertx(config);
            started.push(() -> closeVertx(vertx));
            Random random = new Random();
            StallAwareClock clock = new StallAwareClock(timer::nanoTime, TICK_MILLIS);
            VertxStripeTransport transport =
                    new VertxStripeTransport(vertx, config.eventLoops(), transportOptions(config, random));
            started.push(transport::close);
            transport.watchLoops(clock);
            return new ClientPlatform(timer, clock, transport, random, searches, computing, ChunkCodec.DEFAULT, () -> {
                timer.close();
                searches.shutdownNow();
                computing.shutdown();
                closeVertx(vertx);
            });
        } catch (RuntimeException | Error e) {
            closeAll(started, e);
            throw e;
        }
    }

    private static Vertx vertx(ClientConfig config) {
        return Vertx.vertx(new VertxOptions()
                .setPreferNativeTransport(true)
                .setEventLoopPoolSize(config.eventLoops())
                .setWorkerPoolSize(1)
                .setInternalBlockingPoolSize(1)
                // A program ends with its main method, whether or not the cache was closed.
                .setUseDaemonThread(true)
                .setFileSystemOptions(
                        new FileSystemOptions().setFileCachingEnabled(false).setClassPathResolvingEnabled(false)));
    }

    /** Closes what was started after a failure; anything thrown meanwhile is added to that failure as suppressed. */
    static void closeAll(Deque<Runnable> started, Throwable failure) {
        for (Runnable close : started) {
            try {
                close.run();
            } catch (RuntimeException | Error e) {
                failure.addSuppressed(e);
            }
        }
    }

    @Override
    public void close() {
        transport.close();
        end.run();
    }

    private static void closeVertx(Vertx vertx) {
        awaitEnd(
                "the event loops did not end", vertx.close().toCompletionStage().toCompletableFuture());
    }

    /** Waits for at most {@link #CLOSE_SECONDS}, unless this thread must not block. */
    static void awaitEnd(String otherwise, CompletableFuture<Void> done) {
        if (!Blocking.isAllowed()) {
            return;
        }
        try {
            done.get(CLOSE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            LOG.warn("{} within {} s: {}", otherwise, CLOSE_SECONDS, String.valueOf(e.getMessage()));
        }
    }

    /** An executor whose threads end after a while without work. */
    private static ThreadPoolExecutor threads(String name, int threads, BlockingQueue<Runnable> queue) {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                threads, threads, THREAD_IDLE_SECONDS, TimeUnit.SECONDS, queue, task -> new CacheThread(task, name));
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    private static TransportOptions transportOptions(ClientConfig config, Random random) {
        String version = ClientPlatform.class.getPackage().getImplementationVersion();
        String userAgent =
                String.format(Locale.ROOT, "zonecache/%s (%08x)", version == null ? "dev" : version, random.nextInt());
        return new TransportOptions(
                config.connectionsPerNode(),
                TransportOptions.DEFAULT_WAIT_QUEUE_LENGTH,
                Math.toIntExact(config.connectTimeout().toMillis()),
                TransportOptions.DEFAULT_IDLE_MILLIS,
                TransportOptions.DEFAULT_MAX_BODY_BYTES,
                userAgent);
    }
}
