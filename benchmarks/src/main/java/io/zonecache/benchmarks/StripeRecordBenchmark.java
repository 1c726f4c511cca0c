package io.zonecache.benchmarks;

import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeName;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.StripeHeader;
import io.zonecache.model.StripeRecord;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The stripe record of a 512 KiB chunk at 4-of-5: its header alone, its checksum, its encoding. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class StripeRecordBenchmark {

    private static final int CHUNK_BYTES = 512 << 10;
    private static final CodeSpec CODE = new CodeSpec(CodeName.XOR, 4, 1);

    private final ByteBuffer payload = randomBytes(CODE.payloadBytes(CHUNK_BYTES));
    private final ChunkKey key = ChunkKey.ofRange("s3://bucket/object", "etag", 0, CHUNK_BYTES, List.of());
    private final StripeRecord record = StripeRecord.encode(CODE, 0, CHUNK_BYTES, key, 1, payload);
    private final ByteBuffer direct = ByteBuffer.allocateDirect(record.bytes().remaining())
            .put(record.bytes().duplicate())
            .flip();
    private final StripeRecord directRecord = StripeRecord.split(direct).get(0);

    @Benchmark
    public StripeHeader readHeader() {
        return StripeRecord.readHeader(record.bytes());
    }

    @Benchmark
    public boolean verifyOnHeap() {
        return record.checksumMatches();
    }

    @Benchmark
    public boolean verifyOffHeap() {
        return directRecord.checksumMatches();
    }

    @Benchmark
    public StripeRecord encode() {
        return StripeRecord.encode(CODE, 0, CHUNK_BYTES, key, 1, payload);
    }

    private static ByteBuffer randomBytes(int count) {
        byte[] bytes = new byte[count];
        new Random(42).nextBytes(bytes);
        return ByteBuffer.wrap(bytes);
    }
}
