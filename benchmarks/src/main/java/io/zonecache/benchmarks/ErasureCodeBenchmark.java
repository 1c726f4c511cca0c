package io.zonecache.benchmarks;

import io.zonecache.client.internal.code.ErasureCode;
import io.zonecache.client.internal.code.ErasureCodes;
import io.zonecache.model.CodeSpec;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Parity of a 512 KiB chunk, and its first data stripe from the others. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ErasureCodeBenchmark {

    private static final int CHUNK_BYTES = 512 << 10;

    @Param({"4-of-5", "reed_solomon:4-of-5", "4-of-6"})
    public String code = "4-of-5";

    private ErasureCode erasureCode = ErasureCodes.of(CodeSpec.parse(code));
    private byte[][] stripes = new byte[0][];
    private int[] offsets = new int[0];
    private boolean[] present = new boolean[0];
    private int payloadBytes;

    @Setup
    public void fill() {
        CodeSpec spec = CodeSpec.parse(code);
        erasureCode = ErasureCodes.of(spec);
        payloadBytes = spec.payloadBytes(CHUNK_BYTES);
        stripes = new byte[spec.stripes()][payloadBytes];
        offsets = new int[spec.stripes()];
        present = new boolean[spec.stripes()];
        Arrays.fill(present, true);
        present[0] = false;
        Random random = new Random(42);
        for (byte[] stripe : stripes) {
            random.nextBytes(stripe);
        }
    }

    @Benchmark
    public byte[][] encode() {
        erasureCode.encode(stripes, offsets, payloadBytes);
        return stripes;
    }

    @Benchmark
    public byte[][] reconstructOne() {
        erasureCode.reconstructData(stripes, offsets, payloadBytes, present);
        return stripes;
    }
}
