package io.zonecache.storage.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.storage.FastDisk;
import io.zonecache.storage.RebuildRules;
import io.zonecache.storage.StoreConfig;
import io.zonecache.storage.TestStripes;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to a store in the midst of a rebuild. */
class InterruptedRebuildTest {

    private static final int STRIPES = 400;
    private static final int PAYLOAD_BYTES = 4096;
    private static final int READ_BEFORE = 20;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir(factory = FastDisk.class)
    Path data;

    private final AtomicLong clockMillis = new AtomicLong(1);
    private Path directory;

    @BeforeEach
    void fillAndDamage() throws IOException {
        directory = data.resolve("store");
        try (RocksDbStripeStore store = open(RebuildRules.TAKE_ALL)) {
            for (int i = 0; i < STRIPES; i++) {
                TestStripes.put(store, i, PAYLOAD_BYTES);
            }
        }
        TableDamage.flipOneBitOfTheIndex(directory);
    }

    @Test
    void shouldLoseNothingWhenRocksDbFailsAndCannotBeOpenedForAWhile() throws Exception {
        Held rules = new Held();
        Path current = directory.resolve("CURRENT");
        Path away = data.resolve("CURRENT");
        try (RocksDbStripeStore store = open(rules)) {
            rules.awaitSome();
            // A failure that proves nothing about what is stored.
            Files.move(current, away);
            Files.createDirectory(current);
            setBroken(store);
            rules.letGo();
            await().atMost(LIMIT).until(() -> store.stats().writeErrors() > 0);
            Files.delete(current);
            Files.move(away, current);
            awaitWritable(store);
            store.maintain();
            assertThat(store.stats().stripes()).isEqualTo(STRIPES);
        }
        try (RocksDbStripeStore store = open(RebuildRules.TAKE_ALL)) {
            store.maintain();
            assertThat(store.stats().stripes()).as("in the next process").isEqualTo(STRIPES);
        }
    }

    @Test
    void shouldStayEmptyWhenItIsEmptiedAlthoughRocksDbHasFailed() throws Exception {
        Held rules = new Held();
        try (RocksDbStripeStore store = open(rules)) {
            rules.awaitSome();
            setBroken(store);
            rules.letGo();
            store.empty();
            awaitWritable(store);
            store.maintain();
            assertThat(store.stats().stripes()).isZero();
            TestStripes.put(store, 1, PAYLOAD_BYTES);
        }
        try (RocksDbStripeStore store = open(RebuildRules.TAKE_ALL)) {
            store.maintain();
            assertThat(store.stats().stripes()).as("in the next process").isEqualTo(1);
        }
    }

    @Test
    void shouldGoOnAfterMemoryWasNotToBeHad() {
        AtomicBoolean fails = new AtomicBoolean(true);
        ByteBufAllocator allocator = (ByteBufAllocator) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {ByteBufAllocator.class}, (proxy, method, arguments) -> {
                    if (fails.getAndSet(false)) {
                        throw new OutOfMemoryError("as if");
                    }
                    return method.invoke(PooledByteBufAllocator.DEFAULT, arguments);
                });
        try (RocksDbStripeStore store = open(RebuildRules.TAKE_ALL, allocator)) {
            await().atMost(LIMIT).untilAsserted(() -> {
                // What could not be read is tried again after a pause.
                clockMillis.addAndGet(1_000);
                assertThat(store.stats().stripes()).isEqualTo(STRIPES);
            });
            TestStripes.put(store, STRIPES, PAYLOAD_BYTES);
            clockMillis.addAndGet(10_000);
            await("flushed by the store's own thread").atMost(LIMIT).until(() -> store.unflushedBytes() == 0);
        }
    }

    private void awaitWritable(RocksDbStripeStore store) {
        await().atMost(LIMIT).until(() -> {
            clockMillis.addAndGet(1_000);
            return store.stats().writable();
        });
    }

    private static void setBroken(RocksDbStripeStore store) {
        StoreCore core = store.core();
        synchronized (core.lock) {
            core.broken = true;
            core.diskFull = true;
        }
    }

    private RocksDbStripeStore open(RebuildRules rules) {
        return open(rules, PooledByteBufAllocator.DEFAULT);
    }

    private RocksDbStripeStore open(RebuildRules rules, ByteBufAllocator allocator) {
        StoreConfig config = new StoreConfig(directory, 16 << 20, 0, 2, 0, 100, 512 << 10, 4 << 20, 5_000);
        return RocksDbStripeStore.open(config, clockMillis::get, allocator, rules);
    }

    /** Holds the rebuild after some records, until it is let go. */
    private static final class Held implements RebuildRules {

        private final AtomicInteger seen = new AtomicInteger();
        private final CountDownLatch some = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        void awaitSome() throws InterruptedException {
            some.await();
        }

        void letGo() {
            released.countDown();
        }

        @Override
        public boolean isPurged(ChunkKey key) {
            if (seen.incrementAndGet() == READ_BEFORE) {
                some.countDown();
                try {
                    released.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
            return false;
        }

        @Override
        public boolean isPreferred(CodeSpec code) {
            return false;
        }
    }
}
