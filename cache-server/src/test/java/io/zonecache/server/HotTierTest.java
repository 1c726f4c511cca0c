package io.zonecache.server;

import static io.zonecache.server.Stripes.path;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.vertx.core.Context;
import io.zonecache.model.ChunkKey;
import io.zonecache.storage.StripeStore;
import java.lang.reflect.Proxy;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** That a stripe in memory goes from there to the socket on its connection's event loop, and nobody reads its bytes on the way. */
class HotTierTest {

    private static final ChunkKey KEY = Stripes.key(1);
    private static final int GETS = 20;

    @TempDir
    Path directory;

    private final List<String> calls = new CopyOnWriteArrayList<>();
    private final AtomicInteger copies = new AtomicInteger();

    @Test
    void shouldSendWhatIsInMemoryFromThereOnTheEventLoop() throws Exception {
        byte[] record = Stripes.record(KEY);
        ByteBuf inMemory = new WatchedBuffer(record.length).writeBytes(record);
        int copiesBefore = copies.get();
        try (TestNode node = TestNode.start(directory, Map.of(), store -> watched(store, inMemory))) {
            for (int i = 0; i < GETS; i++) {
                HttpResponse<byte[]> get = Http.get(node.data(path(KEY)));
                assertThat(get.body()).isEqualTo(record);
            }
        }
        assertThat(calls).hasSize(GETS).containsOnly("lookup on an event loop");
        assertThat(copies).hasValue(copiesBefore);
        // Every answer gave back what it held.
        assertThat(inMemory.refCnt()).isEqualTo(1);
        inMemory.release();
    }

    /** Finds the buffer in memory, whatever the key, and notes every call. */
    private StripeStore watched(StripeStore store, ByteBuf inMemory) {
        return (StripeStore) Proxy.newProxyInstance(
                StripeStore.class.getClassLoader(), new Class<?>[] {StripeStore.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "lookup" -> {
                            calls.add("lookup on "
                                    + (Context.isOnEventLoopThread() ? "an event loop" : Thread.currentThread()));
                            return new StripeStore.Lookup.Hot(inMemory.retainedDuplicate());
                        }
                        case "stats", "close" -> {
                            return method.invoke(store, arguments);
                        }
                        default -> {
                            calls.add(method.getName());
                            return method.invoke(store, arguments);
                        }
                    }
                });
    }

    /** Counts whoever takes bytes out of it; the socket is given the memory itself. */
    private final class WatchedBuffer extends UnpooledDirectByteBuf {

        WatchedBuffer(int bytes) {
            super(UnpooledByteBufAllocator.DEFAULT, bytes, bytes);
        }

        @Override
        public ByteBuf getBytes(int index, ByteBuf target, int targetIndex, int length) {
            copies.incrementAndGet();
            return super.getBytes(index, target, targetIndex, length);
        }

        @Override
        public ByteBuf getBytes(int index, byte[] target, int targetIndex, int length) {
            copies.incrementAndGet();
            return super.getBytes(index, target, targetIndex, length);
        }

        @Override
        public ByteBuf getBytes(int index, ByteBuffer target) {
            copies.incrementAndGet();
            return super.getBytes(index, target);
        }

        @Override
        public ByteBuf copy(int index, int length) {
            copies.incrementAndGet();
            return super.copy(index, length);
        }
    }
}
