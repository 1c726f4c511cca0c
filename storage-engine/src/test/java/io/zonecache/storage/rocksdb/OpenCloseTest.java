package io.zonecache.storage.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.storage.FastDisk;
import io.zonecache.storage.RebuildRules;
import io.zonecache.storage.StoreConfig;
import io.zonecache.storage.TestStripes;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OpenCloseTest {

    private static final int CYCLES = Integer.getInteger("zonecache.test.openCloseCycles", 60);

    @TempDir(factory = FastDisk.class)
    Path data;

    @Test
    void shouldCloseUnderRunningReadsWithoutACrashOrALeak() throws InterruptedException, ExecutionException {
        int handlesBefore = NativeHandles.open();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            for (int cycle = 0; cycle < CYCLES; cycle++) {
                RocksDbStripeStore store = RocksDbStripeStore.open(
                        new StoreConfig(data.resolve("store"), 16 << 20, 0, 2, 0, 100, 512 << 10, 4 << 20, 5_000),
                        System::currentTimeMillis,
                        PooledByteBufAllocator.DEFAULT,
                        RebuildRules.TAKE_ALL);
                for (int i = 0; i < 20; i++) {
                    TestStripes.put(store, i, 10_000);
                }
                CountDownLatch reading = new CountDownLatch(2);
                Future<?> first = threads.submit(() -> readUntilClosed(store, reading));
                Future<?> second = threads.submit(() -> readUntilClosed(store, reading));
                reading.await();
                store.close();
                first.get();
                second.get();
                assertThat(NativeHandles.open()).isEqualTo(handlesBefore);
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static void readUntilClosed(RocksDbStripeStore store, CountDownLatch reading) {
        try {
            for (int i = 0; ; i++) {
                ByteBuf found = store.read(TestStripes.key(i % 20));
                if (found != null) {
                    found.release();
                }
                if (i == 20) {
                    reading.countDown();
                }
            }
        } catch (CacheException e) {
            assertThat(e.code()).isEqualTo(CacheErrorCode.CLOSED);
        }
    }
}
