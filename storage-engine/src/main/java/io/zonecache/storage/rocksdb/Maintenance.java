package io.zonecache.storage.rocksdb;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The store's one thread: flushes, cleans, makes segments ahead, and watches the disk's free space. */
final class Maintenance implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Maintenance.class);

    private static final long TICK_MILLIS = 200;
    private static final long MAX_PAUSE_MILLIS = 10_000;

    /** What the last flush, or RocksDB's being opened anew, may use. */
    private static final long LAST_MARGIN_BYTES = 1L << 20;

    private final StoreCore core;
    private final StoreDirectory directory;
    private final Appender appender;
    private final Flusher flusher;
    private final Cleaner cleaner;
    private final Reopener reopener;
    private final EffectiveCapacity capacity;
    private final Thread thread;

    /** Held for a whole round, and by whoever else flushes or drops segments. */
    private final ReentrantLock round = new ReentrantLock();

    private final ReentrantLock wakeLock = new ReentrantLock();
    private final Condition wake = wakeLock.newCondition();
    private boolean wanted;
    private boolean stopped;

    /** After a failure nothing is tried for a while; guarded by {@link #round}. */
    private long retryAtMillis;

    private long pauseMillis = TICK_MILLIS;

    /** What is left of it is done in steps; guarded by {@link #round}. */
    private @Nullable IndexRebuild rebuild;

    Maintenance(
            StoreCore core,
            StoreDirectory directory,
            StoreMarks marks,
            Appender appender,
            Flusher flusher,
            Cleaner cleaner) {
        this.core = core;
        this.directory = directory;
        this.appender = appender;
        this.flusher = flusher;
        this.cleaner = cleaner;
        this.reopener = new Reopener(core, directory, marks, appender, flusher);
        this.capacity = new EffectiveCapacity(core.config.capacityBytes(), core.config.segmentBytes(), core.now());
        this.thread = new Thread(this::run, "zonecache-store");
        this.thread.setDaemon(true);
    }

    /** Goes on with this between its other work, until it is done. To be called before {@link #start}. */
    void rebuild(IndexRebuild work) {
        rebuild = work;
    }

    void start() {
        thread.start();
    }

    /** Never blocks for longer than it takes to set a flag. */
    void want() {
        wakeLock.lock();
        try {
            wanted = true;
            wake.signal();
        } finally {
            wakeLock.unlock();
        }
    }

    /** Runs something between two rounds. */
    void exclusively(Task task) {
        round.lock();
        try {
            task.run();
        } catch (RocksDBException e) {
            failed(e, true);
        } catch (IOException e) {
            failed(e, false);
        } finally {
            round.unlock();
        }
    }

    /** Everything durable, and as clean as the budget asks for, when this returns. */
    void runOnce() {
        exclusively(() -> {
            mend();
            while (continueRebuild()) {}
            makeRoom();
            measure();
            flushIfRoom();
            while (canWrite() && cleaner.cleanOne()) {
                measure();
            }
            measure();
        });
    }

    /** Stops the thread after its round; what is unflushed is flushed. */
    @Override
    public void close() {
        wakeLock.lock();
        try {
            stopped = true;
            wake.signal();
        } finally {
            wakeLock.unlock();
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        exclusively(() -> {
            cancelRebuild();
            flushLast();
        });
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The directory's size and the disk's free space, and whether writes are taken. */
    void measure() throws IOException {
        long usable = measureSpace();
        boolean waits = core.now() < retryAtMillis;
        synchronized (core.lock) {
            boolean full = waits || core.broken || lacksRoom(usable);
            if (full != core.diskFull) {
                core.diskFull = full;
                LOG.warn(
                        "store {}: disk {}",
                        directory.path(),
                        full ? "full or failing, writes are refused" : "takes writes again");
            }
            core.lock.notifyAll();
        }
        if (usable >= 2 * EffectiveCapacity.RESERVE_BYTES) {
            directory.spareFile().take();
        }
    }

    /** Returns what the disk would still take. */
    private long measureSpace() throws IOException {
        long disk = directory.diskBytes();
        long usable = directory.usableBytes();
        synchronized (core.lock) {
            core.diskBytes = disk;
            capacity.update(disk, usable, core.now());
            core.budget = StoreCore.budgetOf(core.config, capacity.bytes());
            core.flushableBytes = Math.max(0, usable - EffectiveCapacity.RESERVE_BYTES - core.unflushedBytes);
            // RocksDB may have flushed what counts as unflushed: what was known before stays while it may be right.
            long maxOther = disk - (core.segmentBytes - core.unflushedBytes);
            long minOther = Math.max(0, disk - core.segmentBytes);
            core.otherBytes = Math.max(minOther, Math.min(maxOther, core.otherBytes));
            core.lock.notifyAll();
        }
        return usable;
    }

    /** What is to be flushed, and what RocksDB writes beside it, has no room. The caller holds the store's lock. */
    private boolean lacksRoom(long usableBytes) {
        return usableBytes < core.unflushedBytes + EffectiveCapacity.RESERVE_BYTES;
    }

    private void run() {
        while (awaitWork()) {
            try {
                exclusively(this::round);
            } catch (RuntimeException | Error e) {
                // Such as memory that is not to be had: without this thread nothing would be flushed any more.
                LOG.error("store {}: a round of maintenance failed, the next tries again", directory.path(), e);
            }
        }
    }

    private void round() throws RocksDBException, IOException {
        mend();
        if (continueRebuild()) {
            want();
        }
        makeRoom();
        measure();
        if (flusher.isDue()) {
            flushIfRoom();
        }
        if (!canWrite()) {
            return;
        }
        appender.prepareSegment();
        while (canWrite() && cleaner.cleanOne()) {
            measure();
            appender.prepareSegment();
        }
    }

    /** Whether there is more to do at once. */
    private boolean continueRebuild() {
        IndexRebuild work = rebuild;
        if (work == null || !isSound()) {
            return false;
        }
        IndexRebuild.Progress progress = work.step();
        if (progress == IndexRebuild.Progress.DONE) {
            cancelRebuild();
        }
        return progress == IndexRebuild.Progress.MORE;
    }

    /** For whoever runs {@link #exclusively}: what is not read yet is not wanted any more. */
    void cancelRebuild() {
        IndexRebuild work = rebuild;
        rebuild = null;
        if (work != null) {
            work.close();
        }
    }

    private boolean isSound() {
        synchronized (core.lock) {
            return !core.broken;
        }
    }

    /** What can be done once the disk is as it should be. */
    private void mend() throws RocksDBException, IOException {
        boolean broken;
        synchronized (core.lock) {
            broken = core.broken && !core.closing;
        }
        if (!broken || core.now() < retryAtMillis) {
            return;
        }
        if (directory.usableBytes() < EffectiveCapacity.RESERVE_BYTES) {
            directory.spareFile().release();
        }
        if (directory.usableBytes() >= 2 * LAST_MARGIN_BYTES) {
            directory.tryWrite();
            reopener.reopen();
            pauseMillis = TICK_MILLIS;
        }
    }

    /** Something else has filled the disk: whole segments go until what is acknowledged can be flushed. */
    private void makeRoom() throws RocksDBException, IOException {
        // Without a look at every file, which a store that is nearly full would take many times a second.
        long usable = directory.usableBytes();
        while (isLackingRoom(usable)) {
            if (usable < LAST_MARGIN_BYTES) {
                directory.spareFile().release();
            }
            if (!cleaner.dropOne(capacity.floorBytes())) {
                return;
            }
            usable = measureSpace();
        }
    }

    private boolean isLackingRoom(long usableBytes) {
        synchronized (core.lock) {
            return !core.broken && core.now() >= retryAtMillis && lacksRoom(usableBytes);
        }
    }

    /** Goes on while writes are refused: what was acknowledged is to be on disk in time. Returns whether it did. */
    boolean flushIfRoom() throws RocksDBException, IOException {
        boolean hasRoom = directory.usableBytes() >= unflushedBytes() + LAST_MARGIN_BYTES;
        boolean flushes = isSound() && hasRoom && core.now() >= retryAtMillis;
        if (flushes) {
            flusher.flush();
        }
        return flushes;
    }

    /** The reserve for what comes later isn't needed any more. */
    private void flushLast() throws RocksDBException, IOException {
        if (isSound() && directory.usableBytes() > unflushedBytes() + LAST_MARGIN_BYTES) {
            flusher.flush();
        }
    }

    private boolean canWrite() {
        synchronized (core.lock) {
            return !core.diskFull;
        }
    }

    private long unflushedBytes() {
        synchronized (core.lock) {
            return core.unflushedBytes;
        }
    }

    /** @param broken whether it was RocksDB that failed */
    private void failed(Exception e, boolean broken) {
        core.counters.writeErrors.increment();
        LOG.error("store {} refuses writes for {} ms: {}", directory.path(), pauseMillis, e.toString());
        retryAtMillis = core.now() + pauseMillis;
        pauseMillis = Math.min(MAX_PAUSE_MILLIS, 2 * pauseMillis);
        synchronized (core.lock) {
            core.broken |= broken;
            core.corrupt |= Corruption.isProven(e);
            core.diskFull = true;
            core.lock.notifyAll();
        }
    }

    /** False when the thread shall end. */
    private boolean awaitWork() {
        wakeLock.lock();
        try {
            long leftNanos = TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
            while (!wanted && !stopped && leftNanos > 0) {
                leftNanos = wake.awaitNanos(leftNanos);
            }
            wanted = false;
            return !stopped;
        } catch (InterruptedException e) {
            return false;
        } finally {
            wakeLock.unlock();
        }
    }

    /** Work that may fail as the disk may. */
    interface Task {

        void run() throws RocksDBException, IOException;
    }
}
