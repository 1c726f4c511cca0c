package io.zonecache.client.internal.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.model.CodeSpec;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every erasure code promises. */
abstract class ErasureCodeContract {

    private static final long SEED = 20_261_123L;
    private static final int[] PAYLOAD_BYTES = {1, 2, 7, 8, 9, 31, 1_000, 16_384, 16_385, 40_001};

    abstract List<CodeSpec> specs();

    abstract ErasureCode create(CodeSpec spec);

    @Test
    void shouldRestoreEveryDataStripeFromAnyKStripes() {
        for (CodeSpec spec : specs()) {
            for (int payloadBytes : PAYLOAD_BYTES) {
                restoresFromEverySubset(create(spec), payloadBytes);
            }
        }
    }

    @Test
    void shouldWorkOnStripesAtOddOffsetsOfOneArray() {
        for (CodeSpec spec : specs()) {
            int payloadBytes = 1_003;
            byte[][] expected = encoded(create(spec), payloadBytes);
            byte[] one = new byte[spec.stripes() * (payloadBytes + 5) + 3];
            byte[][] arrays = new byte[spec.stripes()][];
            Arrays.fill(arrays, one);
            int[] offsets = new int[spec.stripes()];
            for (int i = 0; i < spec.stripes(); i++) {
                offsets[i] = 3 + i * (payloadBytes + 5);
                if (i < spec.data()) {
                    System.arraycopy(expected[i], 0, one, offsets[i], payloadBytes);
                }
            }
            create(spec).encode(arrays, offsets, payloadBytes);
            for (int i = 0; i < spec.stripes(); i++) {
                assertThat(Arrays.copyOfRange(one, offsets[i], offsets[i] + payloadBytes))
                        .as("%s stripe %d", spec, i)
                        .isEqualTo(expected[i]);
            }
            assertThat(one[offsets[0] + payloadBytes])
                    .as("the byte after a stripe")
                    .isZero();
        }
    }

    @Test
    void shouldRefuseFewerThanKStripes() {
        for (CodeSpec spec : specs()) {
            boolean[] present = new boolean[spec.stripes()];
            Arrays.fill(present, 0, spec.data() - 1, true);
            byte[][] arrays = new byte[spec.stripes()][8];
            assertThatThrownBy(() -> create(spec).reconstructData(arrays, new int[spec.stripes()], 8, present))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("expected: at least " + spec.data());
        }
    }

    private static void restoresFromEverySubset(ErasureCode code, int payloadBytes) {
        CodeSpec spec = code.spec();
        byte[][] expected = encoded(code, payloadBytes);
        for (int subset = 0; subset < 1 << spec.stripes(); subset++) {
            if (Integer.bitCount(subset) < spec.data()) {
                continue;
            }
            byte[][] arrays = new byte[spec.stripes()][];
            boolean[] present = new boolean[spec.stripes()];
            for (int i = 0; i < spec.stripes(); i++) {
                present[i] = (subset >> i & 1) == 1;
                if (present[i]) {
                    arrays[i] = expected[i].clone();
                } else if (i < spec.data()) {
                    arrays[i] = new byte[payloadBytes];
                    Arrays.fill(arrays[i], (byte) 0x5A);
                }
            }
            code.reconstructData(arrays, new int[spec.stripes()], payloadBytes, present);
            for (int i = 0; i < spec.data(); i++) {
                assertThat(arrays[i])
                        .as("%s, seed %d, %d bytes, present %s, stripe %d", spec, SEED, payloadBytes, subset, i)
                        .isEqualTo(expected[i]);
            }
        }
    }

    static byte[][] encoded(ErasureCode code, int payloadBytes) {
        Random random = new Random(SEED);
        byte[][] stripes = new byte[code.spec().stripes()][payloadBytes];
        for (int i = 0; i < code.spec().data(); i++) {
            random.nextBytes(stripes[i]);
        }
        code.encode(stripes, new int[code.spec().stripes()], payloadBytes);
        return stripes;
    }
}
