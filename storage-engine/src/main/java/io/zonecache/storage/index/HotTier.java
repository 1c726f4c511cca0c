package io.zonecache.storage.index;

import io.netty.buffer.ByteBuf;
import io.zonecache.storage.eviction.EvictionPolicy;
import io.zonecache.storage.eviction.ResidentQueue;
import org.jspecify.annotations.Nullable;

/**
 * Buffers of slots in memory, bounded in bytes; keeps those that the policy ranks highest.
 *
 * <p>Follows the same references as the disk tier: what is offered gets in if there is room, or by taking the place of buffers that
 * rank lower. So a scan fills what room there is and then passes by. Answers are retained duplicates: an eviction while one is on its
 * way to a socket costs nothing but a later release. Not thread-safe: the store's lock guards it.
 */
public final class HotTier {

    private final EvictionPolicy policy;
    private long capacityBytes;
    private final ResidentQueue queue;
    private final MemoryTier buffers = new MemoryTier();
    private long bytes;

    public HotTier(EvictionPolicy policy, long capacityBytes) {
        this.policy = policy;
        this.capacityBytes = capacityBytes;
        this.queue = new ResidentQueue(policy);
    }

    /** A duplicate that the caller releases, or null. */
    public @Nullable ByteBuf get(int slot) {
        return buffers.get(slot);
    }

    public boolean contains(int slot) {
        return buffers.peek(slot) != null;
    }

    /** Whether {@link #offer} would take that many bytes for the slot now. */
    public boolean wouldTake(int slot, int offeredBytes, long now) {
        if (offeredBytes > capacityBytes) {
            return false;
        }
        long free = capacityBytes - bytes + (contains(slot) ? sizeOf(slot) : 0);
        return offeredBytes <= free || outranksVictim(slot, now);
    }

    /** Keeps no more than this from now on. */
    public void limit(long newCapacityBytes, long now) {
        capacityBytes = newCapacityBytes;
        while (bytes > capacityBytes) {
            drop(queue.victim(now));
        }
    }

    /** Takes a reference of its own if it takes the buffer. Lets go what it held for the slot in any case. */
    public boolean offer(int slot, ByteBuf buffer, long now) {
        drop(slot);
        int offered = buffer.readableBytes();
        if (offered > capacityBytes) {
            return false;
        }
        while (bytes + offered > capacityBytes) {
            if (!outranksVictim(slot, now)) {
                return false;
            }
            drop(queue.victim(now));
        }
        buffers.set(slot, buffer.retain());
        queue.add(slot);
        bytes += offered;
        return true;
    }

    public void drop(int slot) {
        if (contains(slot)) {
            bytes -= sizeOf(slot);
            queue.remove(slot);
            buffers.drop(slot);
        }
    }

    public void releaseAll() {
        buffers.releaseAll();
        bytes = 0;
    }

    public int stripes() {
        return queue.size();
    }

    public long bytes() {
        return bytes;
    }

    public long memoryBytes() {
        return queue.memoryBytes() + buffers.memoryBytes();
    }

    private boolean outranksVictim(int slot, long now) {
        int victim = queue.victim(now);
        return victim != ResidentQueue.NONE && policy.rank(slot) > policy.rank(victim);
    }

    private int sizeOf(int slot) {
        ByteBuf buffer = buffers.peek(slot);
        return buffer == null ? 0 : buffer.readableBytes();
    }
}
