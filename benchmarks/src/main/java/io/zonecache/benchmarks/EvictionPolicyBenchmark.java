package io.zonecache.benchmarks;

import io.zonecache.benchmarks.storage.PolicyLoop;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
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

/** One reference to a cache that is full; a miss evicts and admits. Keys are skewed, so that most references hit. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class EvictionPolicyBenchmark {

    @Param({"lru", "lru-2", "lru-3", "fifo"})
    public String policy = "lru-2";

    @Param({"100000"})
    public int capacity = 100_000;

    private @Nullable PolicyLoop loop;

    @Setup
    public void fill() {
        loop = new PolicyLoop(policy, capacity);
    }

    @Benchmark
    public boolean reference() {
        return Objects.requireNonNull(loop).reference();
    }
}
