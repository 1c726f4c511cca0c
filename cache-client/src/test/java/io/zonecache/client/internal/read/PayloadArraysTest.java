package io.zonecache.client.internal.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.code.ChunkCodec;
import org.junit.jupiter.api.Test;

class PayloadArraysTest {

    private final PayloadArrays arrays = new PayloadArrays(ChunkCodec.DEFAULT);

    @Test
    void shouldHandOutWhatWasGivenBack() {
        byte[] first = arrays.take(1_000);
        byte[] second = arrays.take(1_000);
        assertThat(first).isNotSameAs(second).hasSize(1_000);
        arrays.giveBack(first);
        assertThat(arrays.take(1_000)).isSameAs(first);
        assertThat(arrays.take(1_000)).isNotSameAs(first).isNotSameAs(second);
    }

    @Test
    void shouldKeepArraysOfTheLastLengthOnly() {
        byte[] former = arrays.take(1_000);
        byte[] last = arrays.take(2_000);
        arrays.giveBack(former);
        arrays.giveBack(last);
        assertThat(arrays.take(1_000)).isNotSameAs(former).hasSize(1_000);
        assertThat(arrays.take(2_000)).isSameAs(last);
    }

    @Test
    void shouldKeepSixteenAndTwoMebibytesAtMost() {
        assertThat(kept(1_000, 20)).isEqualTo(16);
        assertThat(kept(1 << 20, 4)).isEqualTo(2);
        assertThat(kept((2 << 20) + 1, 1)).isZero();
    }

    private int kept(int bytes, int givenBack) {
        byte[][] given = new byte[givenBack][];
        for (int i = 0; i < givenBack; i++) {
            given[i] = new byte[bytes];
            arrays.giveBack(given[i]);
        }
        int kept = 0;
        for (int i = 0; i < givenBack; i++) {
            byte[] taken = arrays.take(bytes);
            for (byte[] one : given) {
                kept += taken == one ? 1 : 0;
            }
        }
        return kept;
    }
}
