package io.zonecache.server.admission;

import io.zonecache.model.ChunkKey;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * Which readers of a missing chunk may repair it here: at most one for each key and second, and over time no more than a twentieth of
 * the reads, or ten a second where reads are few. So a node that comes back empty fills up steadily, and no faster than it
 * can serve meanwhile.
 *
 * <p>No {@link io.zonecache.model.limit.TokenBucket}: reads and time earn the larger of their shares here, and there the sum.
 *
 * <p>Keys share 16,384 slots that hold the time of the last grant. Two keys in one slot cost a repair that a later read gets; the
 * bound for each key holds. Constant time; thread-safe.
 */
public final class RepairBudget {

    private static final int SLOTS = 1 << 14;
    private static final double SHARE_OF_READS = 0.05;
    private static final double FLOOR_PER_SECOND = 10;
    private static final double BURST = 64;
    private static final long KEY_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LongSupplier nanoClock;
    private final AtomicLongArray lastGrantNanos = new AtomicLongArray(SLOTS);
    private final long startNanos;
    private double tokens = BURST;
    private long refilledNanos;
    private final LongAdder readsSinceRefill = new LongAdder();
    private final LongAdder reads = new LongAdder();
    private final LongAdder repairs = new LongAdder();

    public RepairBudget(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
        this.startNanos = nanoClock.getAsLong();
        this.refilledNanos = startNanos;
    }

    /** Every read earns a share of a repair. */
    public void countRead() {
        readsSinceRefill.increment();
        reads.increment();
    }

    /** A write without a lease has been stored: a repair, or priming. */
    public void countRepair() {
        repairs.increment();
    }

    public long reads() {
        return reads.sum();
    }

    public long repairs() {
        return repairs.sum();
    }

    /** Whether the reader that just missed this key may write it here. */
    public boolean grant(ChunkKey key) {
        int slot = (int) ((key.w1() * 0x9E3779B97F4A7C15L) >>> 50);
        // Never 0, which stands for no grant yet.
        long now = nanoClock.getAsLong() - startNanos + 1;
        long last = lastGrantNanos.get(slot);
        if (last != 0 && now - last < KEY_PAUSE_NANOS) {
            return false;
        }
        return takeToken() && lastGrantNanos.compareAndSet(slot, last, now);
    }

    private synchronized boolean takeToken() {
        long now = nanoClock.getAsLong();
        double seconds = (now - refilledNanos) / 1e9;
        double earned = Math.max(seconds * FLOOR_PER_SECOND, readsSinceRefill.sum() * SHARE_OF_READS);
        if (earned >= 1) {
            tokens = Math.min(BURST, tokens + earned);
            refilledNanos = now;
            readsSinceRefill.reset();
        }
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }
}
