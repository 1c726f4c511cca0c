package io.zonecache.storage.rocksdb;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.storage.index.Records;
import io.zonecache.storage.index.StripeIndex;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Appends values to the current segment, within the bounds on what the disk and the memory take. Thread-safe. */
final class Appender {

    private static final Logger LOG = LoggerFactory.getLogger(Appender.class);

    /** How long a put waits for the cleaner or the flusher: about a request's own time. */
    private static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final StoreCore core;
    private final Runnable maintenanceWanted;
    private final ByteBufAllocator allocator;
    private final Object rolling = new Object();

    /** Made ahead, so that no put waits for it. Guarded by the store's lock. */
    private @Nullable Segment spare;

    Appender(StoreCore core, Runnable maintenanceWanted, ByteBufAllocator allocator) {
        this.core = core;
        this.maintenanceWanted = maintenanceWanted;
        this.allocator = allocator;
    }

    void put(ChunkKey key, Records.Facts facts, ByteBuf value) {
        int bytes = facts.recordBytes();
        Ticket ticket = admit(key, bytes);
        try {
            append(ticket, value);
        } catch (RocksDBException e) {
            abandon(ticket);
            throw refuse(e);
        }
        if (enter(key, facts, ticket)) {
            offerToHot(key, ticket, value);
        }
    }

    /** Tells the index; whether the hot tier wants the value too. */
    private boolean enter(ChunkKey key, Records.Facts facts, Ticket ticket) {
        synchronized (core.lock) {
            settle(ticket);
            core.counters.puts.increment();
            core.counters.putBytes.add(ticket.bytes);
            if (ticket.segment.dropped) {
                return false;
            }
            int replaced = core.index.find(key);
            if (replaced != StripeIndex.NONE) {
                core.withdraw(replaced);
            }
            core.evictFor(ticket.bytes);
            core.evictForKey();
            long now = core.now();
            int slot = core.index.put(key, facts.at(ticket.segment.id(), ticket.sequence), now);
            ticket.segment.liveBytes += Segment.footprintOf(ticket.bytes);
            core.shareMemory();
            return core.hot.wouldTake(slot, ticket.bytes, now);
        }
    }

    /**
     * Copies a value that is to survive its segment; for the cleaner, which may use the reserve.
     *
     * @return whether it is at its new place; if not, it was dropped or replaced meanwhile
     */
    boolean copy(int slot, int fromSegment, int fromSequence, ByteBuf value) throws RocksDBException {
        int bytes = value.readableBytes();
        StoreCore.Lane lane;
        synchronized (core.lock) {
            lane = core.laneOfSurvivor(slot);
        }
        Ticket ticket = reserve(lane, bytes);
        while (ticket == null) {
            roll(lane, bytes);
            ticket = reserve(lane, bytes);
        }
        try {
            append(ticket, value);
        } catch (RocksDBException e) {
            abandon(ticket);
            throw e;
        }
        synchronized (core.lock) {
            settle(ticket);
            if (ticket.segment.dropped || !core.isStillAt(slot, fromSegment, fromSequence)) {
                return false;
            }
            core.index.move(slot, ticket.segment.id(), ticket.sequence);
            ticket.segment.liveBytes += Segment.footprintOf(bytes);
            core.counters.copiedBytes.add(bytes);
            return true;
        }
    }

    /** Makes the next segment ahead, if the current one is half full. For the maintenance thread. */
    void prepareSegment() throws RocksDBException {
        synchronized (rolling) {
            int id;
            synchronized (core.lock) {
                boolean wanted = StoreCore.Lane.OF_PUTS.stream().anyMatch(this::isHalfFull);
                if (spare != null || !wanted || core.closing) {
                    return;
                }
                id = core.nextSegmentId++;
            }
            Segment made = core.db.createSegment(id);
            synchronized (core.lock) {
                spare = made;
            }
        }
    }

    private boolean isHalfFull(StoreCore.Lane lane) {
        Segment now = core.current.get(lane);
        return now == null || now.appendedBytes > core.budget.segmentBytes() / 2;
    }

    /** Runs something while no segment is made or taken; what was made ahead is given up. */
    void withoutNewSegments(Maintenance.Task task) throws RocksDBException, IOException {
        synchronized (rolling) {
            synchronized (core.lock) {
                spare = null;
            }
            task.run();
        }
    }

    private Ticket admit(ChunkKey key, int bytes) {
        long deadline = System.nanoTime() + MAX_WAIT_NANOS;
        while (true) {
            StoreCore.Lane lane;
            synchronized (core.lock) {
                awaitRoom(bytes, deadline);
                lane = core.laneOfPut(key);
                Ticket ticket = reserve(lane, bytes);
                if (wantsMaintenance()) {
                    maintenanceWanted.run();
                }
                if (ticket != null) {
                    return ticket;
                }
            }
            try {
                roll(lane, bytes);
            } catch (RocksDBException e) {
                throw refuse(e);
            }
        }
    }

    /** The caller holds the store's lock. */
    private void awaitRoom(int bytes, long deadlineNanos) {
        core.checkOpen();
        while (!core.diskFull && !hasRoom(bytes)) {
            maintenanceWanted.run();
            long leftMillis = TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
            if (leftMillis <= 0 && !isFlushable(bytes)) {
                throw full(null);
            }
            if (leftMillis <= 0) {
                throw new CacheException(
                        CacheErrorCode.BUSY,
                        "store: no room for " + bytes + " bytes in time (expected: cleaning to keep up)");
            }
            try {
                core.lock.wait(leftMillis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CacheException(CacheErrorCode.CLOSED, "put: interrupted (expected: to run to its end)", e);
            }
            core.checkOpen();
        }
        if (core.diskFull) {
            throw full(null);
        }
    }

    private boolean hasRoom(int bytes) {
        long onDisk = core.segmentBytes + core.otherBytes + Segment.footprintOf(bytes);
        boolean memory = core.unflushedBytes == 0 || core.unflushedBytes + bytes <= core.config.unflushedBytes();
        return memory && isFlushable(bytes) && onDisk <= core.budget.putUntilBytes(core.otherBytes);
    }

    /** What is acknowledged will be on disk in time: there is room for it beside all else that is to be flushed. */
    private boolean isFlushable(int bytes) {
        return core.flushableBytes >= Segment.footprintOf(bytes);
    }

    /** A place in the current segment; null if it is full. */
    private @Nullable Ticket reserve(StoreCore.Lane lane, int bytes) {
        synchronized (core.lock) {
            Segment segment = core.current.get(lane);
            if (segment == null || !fits(segment, bytes)) {
                return null;
            }
            // Never refused here: current segments aren't dropped, but when the store is emptied, and that takes this
            // lock.
            if (!segment.gate.enter()) {
                return null;
            }
            long footprint = Segment.footprintOf(bytes);
            segment.appendedBytes += footprint;
            segment.writesUnderWay++;
            core.segmentBytes += footprint;
            core.flushableBytes -= footprint;
            core.unflushedBytes += bytes;
            return new Ticket(segment, segment.nextSequence++, bytes);
        }
    }

    private boolean wantsMaintenance() {
        return core.unflushedBytes >= core.config.unflushedBytes() / 2 || core.isNearCapacity();
    }

    /** An empty segment takes one value of any size. */
    private boolean fits(Segment segment, int bytes) {
        return segment.appendedBytes == 0
                || segment.appendedBytes + Segment.footprintOf(bytes) <= core.budget.segmentBytes();
    }

    private void roll(StoreCore.Lane lane, int bytes) throws RocksDBException {
        synchronized (rolling) {
            int id;
            synchronized (core.lock) {
                if (core.broken) {
                    throw full(null);
                }
                Segment now = core.current.get(lane);
                if (now != null && fits(now, bytes)) {
                    return;
                }
                Segment ready = spare;
                spare = null;
                if (ready != null) {
                    open(lane, ready);
                    return;
                }
                id = core.nextSegmentId++;
            }
            Segment made = core.db.createSegment(id);
            synchronized (core.lock) {
                open(lane, made);
            }
        }
    }

    private void open(StoreCore.Lane lane, Segment segment) {
        core.segments.put(segment.id(), segment);
        core.current.put(lane, segment);
        maintenanceWanted.run();
    }

    private void append(Ticket ticket, ByteBuf value) throws RocksDBException {
        try {
            appendDirect(ticket, value);
        } finally {
            ticket.segment.gate.leave();
        }
    }

    private void appendDirect(Ticket ticket, ByteBuf value) throws RocksDBException {
        if (value.isDirect() && value.nioBufferCount() == 1) {
            core.db.append(ticket.segment, ticket.sequence, value.nioBuffer());
            return;
        }
        ByteBuf copy = allocator.directBuffer(ticket.bytes, ticket.bytes);
        try {
            copy.writeBytes(value, value.readerIndex(), ticket.bytes);
            core.db.append(ticket.segment, ticket.sequence, copy.nioBuffer());
        } finally {
            copy.release();
        }
    }

    private void settle(Ticket ticket) {
        ticket.segment.writesUnderWay--;
        if (ticket.segment.dropped) {
            core.unflushedBytes -= ticket.bytes;
        } else {
            ticket.segment.unflushedBytes += ticket.bytes;
        }
    }

    /** The bytes may or may not be in the memtable: they stay counted, dead. */
    private void abandon(Ticket ticket) {
        synchronized (core.lock) {
            settle(ticket);
        }
    }

    /** Copies outside the lock, which event loops take. */
    private void offerToHot(ChunkKey key, Ticket ticket, ByteBuf value) {
        ByteBuf copy = allocator.directBuffer(ticket.bytes, ticket.bytes);
        try {
            copy.writeBytes(value, value.readerIndex(), ticket.bytes);
            synchronized (core.lock) {
                int slot = core.index.find(key);
                if (slot != StripeIndex.NONE && core.isStillAt(slot, ticket.segment.id(), ticket.sequence)) {
                    core.hot.offer(slot, copy, core.now());
                }
            }
        } finally {
            copy.release();
        }
    }

    private CacheException refuse(RocksDBException e) {
        core.counters.writeErrors.increment();
        synchronized (core.lock) {
            if (!core.diskFull) {
                LOG.error("store {} refuses writes: {}", core.config.directory(), e.getMessage());
            }
            core.broken = true;
            core.corrupt |= Corruption.isProven(e);
            core.diskFull = true;
        }
        return full(e);
    }

    private CacheException full(@Nullable Throwable cause) {
        return new CacheException(
                CacheErrorCode.STORAGE_FULL,
                "store directory: " + core.config.directory() + " takes no writes"
                        + (cause == null ? "" : ": " + cause.getMessage())
                        + " (expected: a sound disk with free space)",
                cause);
    }

    /** A place in a segment that is being written. */
    private record Ticket(Segment segment, int sequence, int bytes) {}
}
