package io.zonecache.storage.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.storage.FastDisk;
import io.zonecache.storage.RebuildRules;
import io.zonecache.storage.StoreConfig;
import io.zonecache.storage.TestStripes;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that has less room than the store's capacity, or gets less: a real one, in memory. */
@Tag("slow")
class SmallDiskTest {

    private static final long MIB = 1 << 20;
    private static final int DISK_MIB = 80;
    private static final int PAYLOAD_BYTES = 100_000;
    private static final long UNFLUSHED_MILLIS = 5_000;

    /** The store tries again after 0.2 s, then ever later. */
    private static final int MAX_REFUSALS = 5;

    @TempDir(factory = FastDisk.class)
    Path data;

    private final AtomicLong clockMillis = new AtomicLong(1);
    private Path disk;

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        disk = Files.createDirectory(data.resolve("disk"));
        assumeTrue(
                ChildJvm.canRun("mount", "-t", "tmpfs", "-o", "size=" + DISK_MIB + "m", "tmpfs", disk.toString()),
                "no small tmpfs: mounting needs root");
    }

    @AfterEach
    void unmount() throws InterruptedException {
        ChildJvm.canRun("umount", "-l", disk.toString());
    }

    @Test
    void shouldEvictInPlaceOfRefusingWritesOnADiskSmallerThanItsCapacity() {
        try (RocksDbStripeStore store = open()) {
            assertThat(store.stats().effectiveCapacityBytes())
                    .isBetween((DISK_MIB - 8 - 16 - 3) * MIB, (DISK_MIB - 8 - 16) * MIB);
            int puts = (int) (4 * DISK_MIB * MIB / PAYLOAD_BYTES);
            putAll(store, 0, puts);
            assertThat(store.stats().evictions()).isPositive();
            assertThat(store.stats().writeErrors()).isZero();
            assertThat(store.stats().liveBytes()).isGreaterThan(DISK_MIB * MIB / 2);
            assertThat(isHeld(store, puts - 1)).isTrue();
        }
    }

    @Test
    void shouldMakeRoomAtOnceWhenSomethingElseFillsTheDiskAndTakeItBackLater() throws IOException {
        try (RocksDbStripeStore store = open()) {
            int puts = (int) (2 * DISK_MIB * MIB / PAYLOAD_BYTES);
            putAll(store, 0, puts);
            long before = store.stats().effectiveCapacityBytes();
            Path other = disk.resolve("other");
            leave(0, other);
            putAll(store, puts, puts + 100);
            assertThat(store.stats().writable()).isTrue();
            assertThat(isHeld(store, puts + 99)).isTrue();
            assertThat(store.stats().liveBytes()).isPositive();
            long low = store.stats().effectiveCapacityBytes();
            assertThat(low).isLessThan(before - 10 * MIB);

            Files.delete(other);
            clockMillis.addAndGet(2_000);
            store.maintain();
            assertThat(store.stats().effectiveCapacityBytes()).isBetween(low + MIB, low + 8 * MIB);
        }
    }

    @Test
    void shouldFlushInTimeAllThatItAcknowledgedThoughItTakesNoMore() throws IOException {
        try (RocksDbStripeStore store = open()) {
            // Below the floor, so that nothing makes room.
            putAll(store, 0, 30);
            store.maintain();
            leave(EffectiveCapacity.RESERVE_BYTES + 3 * MIB, disk.resolve("other"));
            int acknowledged = 0;
            CacheErrorCode refusal = null;
            while (refusal == null) {
                try {
                    TestStripes.putPatiently(store, TestStripes.record(30 + acknowledged, PAYLOAD_BYTES));
                    acknowledged++;
                } catch (CacheException e) {
                    refusal = e.code();
                }
            }
            assertThat(refusal).isEqualTo(CacheErrorCode.STORAGE_FULL);
            assertThat(acknowledged).isPositive();
            clockMillis.addAndGet(UNFLUSHED_MILLIS * 4 / 5);
            store.maintain();
            assertThat(store.unflushedBytes()).isZero();
            assertThat(isHeld(store, 30 + acknowledged - 1)).isTrue();
        }
    }

    @Test
    void shouldStartAndMakeRoomOnADiskThatIsFull() throws IOException {
        int puts = (int) (2 * DISK_MIB * MIB / PAYLOAD_BYTES);
        try (RocksDbStripeStore store = open()) {
            putAll(store, 0, puts);
        }
        leave(0, disk.resolve("other"));
        try (RocksDbStripeStore store = open()) {
            assertThat(isHeld(store, puts - 1)).isTrue();
            putAll(store, puts, puts + 100);
            assertThat(isHeld(store, puts + 99)).isTrue();
        }
    }

    /** Fills the disk as it is now but for so many bytes, and takes nothing of what the store frees meanwhile. */
    private void leave(long bytes, Path file) throws IOException {
        long taken = Files.getFileStore(disk).getUsableSpace() - bytes;
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] block = new byte[4096];
            for (long at = 0; at < taken; at += block.length) {
                out.write(block);
            }
        } catch (IOException full) {
            assertThat(full).hasMessageContaining("No space left");
        }
    }

    private void putAll(RocksDbStripeStore store, int from, int to) {
        for (int i = from; i < to; i++) {
            clockMillis.addAndGet(5);
            putSoon(store, i);
        }
    }

    /** RocksDB may meet the end of the disk before the store does: writes are refused for a moment then, not for good. */
    private void putSoon(RocksDbStripeStore store, int number) {
        for (int attempt = 1; ; attempt++) {
            try {
                TestStripes.putPatiently(store, TestStripes.record(number, PAYLOAD_BYTES));
                return;
            } catch (CacheException e) {
                if (e.code() != CacheErrorCode.STORAGE_FULL || attempt == MAX_REFUSALS) {
                    throw e;
                }
                clockMillis.addAndGet(1_000);
                store.maintain();
            }
        }
    }

    private static boolean isHeld(RocksDbStripeStore store, int number) {
        ByteBuf found = store.read(TestStripes.key(number));
        if (found != null) {
            found.release();
        }
        return found != null;
    }

    private RocksDbStripeStore open() {
        StoreConfig config =
                new StoreConfig(disk.resolve("store"), 256 << 20, 0, 2, 0, 100, 4 << 20, 8 << 20, UNFLUSHED_MILLIS);
        return RocksDbStripeStore.open(config, clockMillis::get, PooledByteBufAllocator.DEFAULT, RebuildRules.TAKE_ALL);
    }
}
