package io.zonecache.benchmarks.faults;

import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.oracle.ChunkOracle;
import java.util.List;
import java.util.stream.LongStream;

/** Some chunks: their keys are kept, their bytes computed when they are wanted. Immutable. */
final class FaultsChunks {

    private final ChunkOracle oracle;
    private final List<ChunkKey> keys;

    FaultsChunks(long seed, int chunkBytes, int count) {
        this.oracle = new ChunkOracle(seed, chunkBytes);
        this.keys = LongStream.range(0, count).mapToObj(oracle::key).toList();
    }

    int count() {
        return keys.size();
    }

    ChunkKey key(int index) {
        return keys.get(index);
    }

    byte[] bytes(int index) {
        return oracle.chunk(index);
    }
}
