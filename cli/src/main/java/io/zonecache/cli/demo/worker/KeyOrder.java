package io.zonecache.cli.demo.worker;

import io.zonecache.model.ChunkKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Which chunk is read next. Thread-safe. */
interface KeyOrder {

    /** Null when there is nothing more to read. */
    @Nullable
    ChunkKey next();

    /** Lets {@link #next} return null from now on. */
    void stop();

    /** Every key once, in an order of the seed's. */
    static KeyOrder once(List<ChunkKey> keys, long seed) {
        List<ChunkKey> left = new ArrayList<>(keys);
        Collections.shuffle(left, new Random(seed));
        return new KeyOrder() {
            @Override
            public synchronized @Nullable ChunkKey next() {
                return left.isEmpty() ? null : left.remove(left.size() - 1);
            }

            @Override
            public synchronized void stop() {
                left.clear();
            }
        };
    }

    /** Any key, evenly, until it is stopped. */
    static KeyOrder random(List<ChunkKey> keys, long seed) {
        Random random = new Random(seed);
        return new KeyOrder() {
            private boolean stopped;

            @Override
            public synchronized @Nullable ChunkKey next() {
                return stopped ? null : keys.get(random.nextInt(keys.size()));
            }

            @Override
            public synchronized void stop() {
                stopped = true;
            }
        };
    }
}
