package io.zonecache.chaos.oracle;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.oracle.ChunkOracle;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Threads that read random chunks until closed, without pause or at a pace, and check every byte of every read. */
public final class ReadingOracle implements AutoCloseable {

    private static final long CLOSE_SECONDS = 40;

    /** Turned away, as against broken: the caller was told to come later. */
    private static final Set<CacheErrorCode> REFUSALS = EnumSet.of(
            CacheErrorCode.ORIGIN_LIMIT, CacheErrorCode.RATE_LIMITED, CacheErrorCode.BUSY, CacheErrorCode.DRAINING);

    private final ChunkOracle chunks;
    private final int first;
    private final List<ChunkKey> keys;
    private final ChunkSource source;
    private final Pacer pacer;
    private final List<Thread> threads = new ArrayList<>();
    private ReadTally tally = ReadTally.none();
    private volatile boolean closed;

    private ReadingOracle(ChunkOracle chunks, int first, int count, ChunkSource source, int readsPerSecond) {
        this.chunks = chunks;
        this.first = first;
        this.keys = IntStream.range(first, first + count).mapToObj(chunks::key).toList();
        this.source = source;
        this.pacer = new Pacer(readsPerSecond);
    }

    /**
     * Readers of the first chunks, without pause.
     *
     * @param seed decides which chunk each reader takes next
     */
    public static ReadingOracle start(ChunkOracle chunks, int count, ChunkSource source, int readers, long seed) {
        return start(chunks, 0, count, source, readers, Pacer.UNLIMITED, seed);
    }

    /**
     * @param first index of the first chunk, of {@code count}
     * @param readsPerSecond of all readers together, at most; {@link Integer#MAX_VALUE} is no bound
     */
    public static ReadingOracle start(
            ChunkOracle chunks, int first, int count, ChunkSource source, int readers, int readsPerSecond, long seed) {
        ReadingOracle oracle = new ReadingOracle(chunks, first, count, source, readsPerSecond);
        SplittableRandom random = new SplittableRandom(seed);
        for (int number = 0; number < readers; number++) {
            SplittableRandom choice = random.split();
            Thread thread = new Thread(() -> oracle.readOn(choice), "reader-" + number);
            oracle.threads.add(thread);
            thread.start();
        }
        return oracle;
    }

    /** @param readsPerSecond of all readers together; 0 lets them rest */
    public void pace(int readsPerSecond) {
        pacer.set(readsPerSecond);
    }

    /** What was counted since the last call; starts anew. */
    public synchronized ReadTally take() {
        ReadTally taken = tally;
        tally = ReadTally.none();
        return taken;
    }

    /** Returns when so many more reads have ended, well or not. @throws AssertionError if that takes longer */
    public synchronized void awaitReads(long more, Duration within) throws InterruptedException {
        long goal = tally.reads() + more;
        long deadline = System.nanoTime() + within.toNanos();
        while (tally.reads() < goal) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError(
                        "reads: " + (more - (goal - tally.reads())) + " in " + within + " (expected: " + more + ")");
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** Ends the readers after the reads they are at, and counts those too. */
    public ReadTally finish() {
        stop();
        return take();
    }

    @Override
    public void close() {
        stop();
    }

    private void stop() {
        closed = true;
        pacer.close();
        try {
            for (Thread thread : threads) {
                thread.join(TimeUnit.SECONDS.toMillis(CLOSE_SECONDS));
                if (thread.isAlive()) {
                    throw new AssertionError(thread.getName() + ": still reading after " + CLOSE_SECONDS + " s");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void readOn(SplittableRandom choice) {
        try {
            while (!closed && pacer.awaitTurn()) {
                readOne(choice.nextInt(keys.size()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void readOne(int number) throws InterruptedException {
        long start = System.nanoTime();
        try {
            ByteBuffer read = source.read(keys.get(number));
            long micros = microsSince(start);
            chunks.check(first + number, read);
            count(micros, null, false);
        } catch (InterruptedException e) {
            throw e;
        } catch (AssertionError e) {
            count(microsSince(start), e, true);
        } catch (Exception e) {
            count(microsSince(start), e, false);
        }
    }

    private static long microsSince(long start) {
        return Math.max(1, Math.min(ReadTally.MAX_MICROS, (System.nanoTime() - start) / 1_000));
    }

    private synchronized void count(long micros, @Nullable Throwable complaint, boolean isWrong) {
        Throwable cause = complaint == null ? null : cause(complaint);
        boolean isFailed = cause != null && !isWrong;
        boolean isRefused = cause instanceof CacheException e && REFUSALS.contains(e.code());
        (isFailed ? tally.failedMicros() : tally.micros()).recordValue(micros);
        List<String> words = new ArrayList<>(tally.complaints());
        if (cause != null) {
            words.add(cause.toString());
        }
        tally = new ReadTally(
                tally.reads() + 1,
                tally.failed() + (isFailed ? 1 : 0),
                tally.refused() + (isRefused ? 1 : 0),
                tally.wrong() + (isWrong ? 1 : 0),
                0,
                0,
                tally.micros(),
                tally.failedMicros(),
                words);
        notifyAll();
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof ExecutionException && failure.getCause() != null ? failure.getCause() : failure;
    }
}
