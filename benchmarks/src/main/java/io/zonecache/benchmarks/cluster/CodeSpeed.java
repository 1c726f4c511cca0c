package io.zonecache.benchmarks.cluster;

import io.zonecache.benchmarks.report.Goal;
import io.zonecache.benchmarks.report.Results;
import io.zonecache.client.internal.code.ErasureCode;
import io.zonecache.client.internal.code.ErasureCodes;
import io.zonecache.model.CodeName;
import io.zonecache.model.CodeSpec;
import java.util.Arrays;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Parity of a chunk, and its first data stripe from the others, on one core; a GB is one of chunks. */
final class CodeSpeed implements Measurement {

    private static final double XOR_GB_PER_SECOND = 20;
    private static final int BATCH = 64;
    private static final long MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int MAX_BATCHES = 1_000;

    private final String name;
    private final ErasureCode code;
    private final double target;
    private final int payloadBytes;
    private final byte[][] stripes;
    private final int[] offsets;
    private final boolean[] present;

    /** @param spec such as 4-of-5 */
    CodeSpeed(CodeSpec spec) {
        this.name = "code." + spec.toString().toLowerCase(Locale.ROOT).replace(' ', '.');
        this.code = ErasureCodes.of(spec);
        this.target = spec.name() == CodeName.XOR ? XOR_GB_PER_SECOND : 0;
        this.payloadBytes = spec.payloadBytes(ClusterPlan.CHUNK_BYTES);
        this.stripes = new byte[spec.stripes()][payloadBytes];
        this.offsets = new int[spec.stripes()];
        this.present = new boolean[spec.stripes()];
        Arrays.fill(present, true);
        present[0] = false;
        SplittableRandom random = new SplittableRandom(42);
        for (byte[] stripe : stripes) {
            random.nextBytes(stripe);
        }
    }

    @Override
    public void run(int reads, Results results) {
        add(results, "encode", () -> code.encode(stripes, offsets, payloadBytes));
        add(results, "reconstruct", () -> code.reconstructData(stripes, offsets, payloadBytes, present));
    }

    private void add(Results results, String what, Runnable work) {
        long begin = System.nanoTime();
        long nanos = 0;
        int batches = 0;
        while (nanos < MIN_NANOS && batches < MAX_BATCHES) {
            for (int i = 0; i < BATCH; i++) {
                work.run();
            }
            batches++;
            nanos = System.nanoTime() - begin;
        }
        String row = name + "." + what;
        Goal goal = target == 0 ? Goal.none(row, "GB/s") : Goal.atLeast(row, "GB/s", target);
        // Bytes in a nanosecond are GB in a second.
        results.add(goal, (double) batches * BATCH * ClusterPlan.CHUNK_BYTES / nanos);
    }
}
