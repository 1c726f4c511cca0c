package io.zonecache.storage.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.storage.RebuildRules;
import io.zonecache.storage.StoreConfig;
import io.zonecache.storage.TestStripes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A store whose disk fails and comes back. Promises: reads go on, writes are refused with {@code STORAGE_FULL}, it resumes by itself,
 * nothing that was on disk is lost, and no byte is ever wrong.
 */
final class DiskFaultScenario {

    private static final int STRIPES = 100;
    private static final int PAYLOAD_BYTES = 30_000;

    /** Puts until a write must have met the disk: three times what may be unflushed. */
    private static final int MANY = 3 * (4 << 20) / PAYLOAD_BYTES;

    private static final int MAX_ROUNDS = 50;

    private final Path directory;
    private final Fault fault;
    private final StoreDirectory.FreeSpace freeSpace;
    private final AtomicLong clockMillis = new AtomicLong(1);

    /** @param freeSpace what the store is told of its disk */
    DiskFaultScenario(Path directory, Fault fault, StoreDirectory.FreeSpace freeSpace) {
        this.directory = directory;
        this.fault = fault;
        this.freeSpace = freeSpace;
    }

    /** In a process of its own: directory, flag file, what to write into it. Exits 0 if every promise was kept. */
    public static void main(String[] arguments) throws IOException {
        Path flag = Path.of(arguments[1]);
        Fault fault = new Fault() {
            @Override
            public void begin() throws IOException {
                Files.writeString(flag, arguments[2]);
            }

            @Override
            public void end() throws IOException {
                Files.delete(flag);
            }
        };
        DiskFaultScenario scenario = new DiskFaultScenario(Path.of(arguments[0]), fault, path -> Long.MAX_VALUE);
        if (arguments[2].startsWith("r")) {
            scenario.readsFail();
        } else {
            scenario.writesFail();
        }
    }

    void writesFail() throws IOException {
        int acknowledged;
        try (RocksDbStripeStore store = open()) {
            putFirst(store);
            fault.begin();
            acknowledged = putUntilRefused(store);
            assertThat(store.stats().writable()).as("writable").isFalse();
            assertHeld(store, 0, STRIPES);
            fault.end();
            awaitWrites(store);
            assertHeld(store, 0, STRIPES);
            assertNoWrongByte(store, acknowledged);
            for (int i = 0; i < STRIPES; i++) {
                TestStripes.put(store, STRIPES + i, PAYLOAD_BYTES);
            }
            store.maintain();
            assertHeld(store, 0, 2 * STRIPES);
        }
        try (RocksDbStripeStore store = open()) {
            assertHeld(store, 0, 2 * STRIPES);
            assertNoWrongByte(store, acknowledged);
            assertThat(store.stats().corruptDropped()).isZero();
        }
        assertThat(directory.resolveSibling(directory.getFileName() + ".broken-1"))
                .doesNotExist();
    }

    void readsFail() throws IOException {
        try (RocksDbStripeStore store = open()) {
            putFirst(store);
            fault.begin();
            for (int i = 0; i < STRIPES / 2; i++) {
                assertThat(store.read(TestStripes.key(i))).isNull();
            }
            assertThat(store.stats().readErrors()).isPositive();
            fault.end();
            assertHeld(store, STRIPES / 2, STRIPES);
            putFirst(store);
            assertHeld(store, 0, STRIPES);
        }
    }

    private void putFirst(RocksDbStripeStore store) {
        for (int i = 0; i < STRIPES; i++) {
            TestStripes.put(store, i, PAYLOAD_BYTES);
        }
        store.maintain();
    }

    /** How many were taken before one was refused. */
    private int putUntilRefused(RocksDbStripeStore store) {
        for (int i = 0; i < MANY; i++) {
            try {
                TestStripes.put(store, STRIPES + i, PAYLOAD_BYTES);
            } catch (CacheException e) {
                assertThat(e.code()).as(e.getMessage()).isEqualTo(CacheErrorCode.STORAGE_FULL);
                return i;
            }
            if (i % 50 == 0) {
                store.maintain();
            }
        }
        throw new AssertionError(MANY + " puts were taken by a disk that fails");
    }

    /** The store's own clock runs on: after a failure it waits before it tries again. */
    private void awaitWrites(RocksDbStripeStore store) {
        for (int round = 0; round < MAX_ROUNDS; round++) {
            clockMillis.addAndGet(1_000);
            store.maintain();
            try {
                TestStripes.put(store, 0, PAYLOAD_BYTES);
                return;
            } catch (CacheException e) {
                assertThat(e.code()).as(e.getMessage()).isEqualTo(CacheErrorCode.STORAGE_FULL);
            }
        }
        throw new AssertionError("no write in " + MAX_ROUNDS + " seconds after the disk came back");
    }

    private static void assertHeld(RocksDbStripeStore store, int from, int to) {
        for (int i = from; i < to; i++) {
            assertThat(isIntact(store, i)).as("stripe %d is held", i).isTrue();
        }
    }

    /** What was acknowledged and not flushed may be lost. */
    private static void assertNoWrongByte(RocksDbStripeStore store, int acknowledged) {
        for (int i = STRIPES; i < STRIPES + acknowledged; i++) {
            isIntact(store, i);
        }
    }

    /** False if it isn't held. */
    private static boolean isIntact(RocksDbStripeStore store, int number) {
        ByteBuf found = store.read(TestStripes.key(number));
        if (found == null) {
            return false;
        }
        byte[] bytes = ByteBufUtil.getBytes(found);
        found.release();
        assertThat(bytes)
                .as("stripe %d", number)
                .isEqualTo(TestStripes.record(number, PAYLOAD_BYTES).bytes().array());
        return true;
    }

    private RocksDbStripeStore open() {
        StoreConfig config = new StoreConfig(directory, 128 << 20, 0, 2, 10_000, 100, 5 << 20, 4 << 20, 1_000);
        return RocksDbStripeStore.open(
                config, clockMillis::get, PooledByteBufAllocator.DEFAULT, RebuildRules.TAKE_ALL, freeSpace);
    }

    /** What happens to the disk. */
    interface Fault {

        void begin() throws IOException;

        void end() throws IOException;
    }
}
