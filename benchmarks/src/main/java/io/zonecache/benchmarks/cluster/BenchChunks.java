package io.zonecache.benchmarks.cluster;

import io.zonecache.benchmarks.cluster.peer.ChunkReader;
import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.oracle.ChunkOracle;
import java.util.List;
import java.util.stream.LongStream;

/** Some chunks: their keys are kept, their bytes computed when they are wanted. Immutable. */
final class BenchChunks {

    private final ChunkOracle oracle;
    private final List<ChunkKey> keys;

    BenchChunks(long seed, int chunks) {
        this.oracle = new ChunkOracle(seed, ClusterPlan.CHUNK_BYTES);
        this.keys = LongStream.range(0, chunks).mapToObj(oracle::key).toList();
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

    /** Reads every chunk once. @throws IllegalStateException if one can't be read or has a wrong byte */
    void check(String name, ChunkReader reader) {
        for (int i = 0; i < keys.size(); i++) {
            try {
                oracle.check(i, reader.read(i).get());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(name + ": interrupted", e);
            } catch (Exception | AssertionError e) {
                throw new IllegalStateException(name + ": " + e, e);
            }
        }
    }
}
