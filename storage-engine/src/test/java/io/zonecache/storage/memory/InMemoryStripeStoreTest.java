package io.zonecache.storage.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.zonecache.model.ChunkKey;
import io.zonecache.storage.StripeStore;
import io.zonecache.storage.StripeStoreContract;
import io.zonecache.storage.TestStripes;
import io.zonecache.storage.eviction.LruK;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class InMemoryStripeStoreTest extends StripeStoreContract {

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);

    @Override
    protected StripeStore open() {
        return new InMemoryStripeStore(CAPACITY_BYTES, 100, () -> new LruK(2, 10_000), clockMillis::get, allocator);
    }

    @Test
    void shouldReleaseAllItsMemoryWhenClosed() {
        for (int i = 0; i < 2_000; i++) {
            TestStripes.put(store, i, PAYLOAD_BYTES);
        }
        store.close();
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    @Test
    void shouldDropAStripeThatWentBadInMemory() {
        TestStripes.put(store, 1, PAYLOAD_BYTES);
        ChunkKey key = TestStripes.key(1);
        ByteBuf held = Objects.requireNonNull(store.read(key));
        held.setByte(200, held.getByte(200) ^ 1);
        held.release();
        assertThat(store.dropIfCorrupt(key)).isTrue();
        assertThat(store.holds(key)).isFalse();
        assertThat(store.stats().corruptDropped()).isEqualTo(1);
    }
}
