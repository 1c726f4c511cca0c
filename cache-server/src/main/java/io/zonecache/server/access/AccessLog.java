package io.zonecache.server.access;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import io.zonecache.model.ChunkKey;
import io.zonecache.server.config.AccessLogConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys that are referenced on this node, a line each in the order in which they came: a trace for {@code zonecache simulate}.
 *
 * <p>Sampled by key: a key's references are all there or none is, and it is the same keys on every node and in every run, so that a
 * cache of as small a share of the entries hits as often (Waldspurger, Park, Garthwaite, Ahmad: "Efficient MRC construction with
 * SHARDS", FAST 2015).
 *
 * <p>{@link #referenced} takes a hash and a place in a bounded queue, and never waits; what finds the queue full is dropped and counted,
 * as is what the disk doesn't take. Thread-safe.
 */
public final class AccessLog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AccessLog.class);

    /** With a write every 100 ms, 160,000 references a second; 1.2 MB at most. */
    static final int MAX_PENDING = 16_384;

    private static final long WRITE_MILLIS = 100;
    private static final int BUFFER_BYTES = 64 * 1024;
    private static final int LINE_BYTES = ChunkKey.HEX_DIGITS + 1;
    private static final long CLOSE_SECONDS = 5;
    private static final byte[] DIGITS = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    private final RotatingFile file;
    private final double share;
    private final Queue<ChunkKey> pending = new ConcurrentLinkedQueue<>();
    private final AtomicInteger pendingKeys = new AtomicInteger();
    private final LongAdder written = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final ByteBuffer lines = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ScheduledExecutorService writer;
    private @Nullable Future<?> timer;
    private boolean failing;

    private AccessLog(RotatingFile file, double share, ScheduledExecutorService writer) {
        this.file = file;
        this.share = share;
        this.writer = writer;
    }

    /** @throws IOException if the file can't be written */
    public static AccessLog open(AccessLogConfig config) throws IOException {
        ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor(work -> {
            Thread thread = new Thread(work, "access-log");
            thread.setDaemon(true);
            return thread;
        });
        AccessLog log = withoutTimer(config, writer);
        log.timer = writer.scheduleWithFixedDelay(log::write, WRITE_MILLIS, WRITE_MILLIS, TimeUnit.MILLISECONDS);
        return log;
    }

    /** For tests that say themselves when what has come is written. */
    static AccessLog withoutTimer(AccessLogConfig config, ScheduledExecutorService writer) throws IOException {
        return new AccessLog(new RotatingFile(config.file(), config.maxBytes()), config.share(), writer);
    }

    /** @param log null where there is none: its figures are 0 then */
    public static void register(MeterRegistry registry, @Nullable AccessLog log) {
        LongAdder none = new LongAdder();
        FunctionCounter.builder(
                        "zonecache.access.log.references", log == null ? none : log.written, LongAdder::doubleValue)
                .description("References written to the access log")
                .register(registry);
        FunctionCounter.builder(
                        "zonecache.access.log.dropped", log == null ? none : log.dropped, LongAdder::doubleValue)
                .description("References that the access log had no time or room for")
                .register(registry);
    }

    /** The key was referenced. Never blocks. */
    public void referenced(ChunkKey key) {
        if (!isSampled(key)) {
            return;
        }
        if (pendingKeys.incrementAndGet() > MAX_PENDING) {
            pendingKeys.decrementAndGet();
            dropped.increment();
            return;
        }
        pending.add(key);
    }

    public boolean isSampled(ChunkKey key) {
        return (hash(key) >>> 1) * 0x1p-63 < share;
    }

    public long written() {
        return written.sum();
    }

    public long dropped() {
        return dropped.sum();
    }

    /** Writes what has come. Blocks; called by one thread at a time. */
    synchronized void write() {
        for (ChunkKey key = pending.poll(); key != null; key = pending.poll()) {
            pendingKeys.decrementAndGet();
            append(key);
            if (lines.remaining() < LINE_BYTES) {
                flush();
            }
        }
        flush();
    }

    /** Writes what has come so far. */
    @Override
    public void close() {
        // Not an interrupt: that would close the file under a write.
        if (timer != null) {
            timer.cancel(false);
        }
        writer.shutdown();
        try {
            if (!writer.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("access log: still writing after {} s", CLOSE_SECONDS);
                return;
            }
            write();
            file.close();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("access log: {}", e.toString());
        }
    }

    private void flush() {
        lines.flip();
        int keys = lines.remaining() / LINE_BYTES;
        if (keys == 0) {
            lines.clear();
            return;
        }
        try {
            file.append(lines);
            written.add(keys);
            failing = false;
        } catch (IOException e) {
            dropped.add(keys);
            if (!failing) {
                LOG.warn("access log: {}; references are dropped until it can be written", e.toString());
            }
            failing = true;
        } finally {
            lines.clear();
        }
    }

    private void append(ChunkKey key) {
        append(key.w0());
        append(key.w1());
        append(key.w2());
        append(key.w3());
        lines.put((byte) '\n');
    }

    private void append(long word) {
        for (int shift = Long.SIZE - 4; shift >= 0; shift -= 4) {
            lines.put(DIGITS[(int) (word >>> shift) & 15]);
        }
    }

    /** Any mixing does that has nothing to do with placement's. */
    private static long hash(ChunkKey key) {
        long h = key.w0() * 0x9E3779B97F4A7C15L;
        h = (Long.rotateLeft(h, 29) ^ key.w1()) * 0xBF58476D1CE4E5B9L;
        h = (Long.rotateLeft(h, 31) ^ key.w2()) * 0x94D049BB133111EBL;
        h = (Long.rotateLeft(h, 27) ^ key.w3()) * 0x9E3779B97F4A7C15L;
        h ^= h >>> 32;
        h *= 0xD6E8FEB86659FD93L;
        return h ^ h >>> 32;
    }
}
