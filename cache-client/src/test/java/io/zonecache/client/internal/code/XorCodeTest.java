package io.zonecache.client.internal.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.model.CodeName;
import io.zonecache.model.CodeSpec;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class XorCodeTest extends ErasureCodeContract {

    @Override
    List<CodeSpec> specs() {
        List<CodeSpec> specs = new ArrayList<>();
        for (int data = 1; data <= 9; data++) {
            specs.add(new CodeSpec(CodeName.XOR, data, 0));
            specs.add(new CodeSpec(CodeName.XOR, data, 1));
        }
        return specs;
    }

    @Override
    ErasureCode create(CodeSpec spec) {
        return new XorCode(spec);
    }

    @Test
    void shouldMakeTheParityTheXorOfTheDataStripes() {
        byte[][] stripes = encoded(create(CodeSpec.parse("4-of-5")), 1_001);
        for (int i = 0; i < 1_001; i++) {
            assertThat(stripes[4][i]).isEqualTo((byte) (stripes[0][i] ^ stripes[1][i] ^ stripes[2][i] ^ stripes[3][i]));
        }
    }

    @Test
    void shouldBeACopyWhereThereIsOneDataStripe() {
        byte[][] stripes = encoded(create(CodeSpec.parse("1-of-2")), 77);
        assertThat(stripes[1]).isEqualTo(stripes[0]);
    }

    @Test
    void shouldRefuseAnotherCode() {
        assertThatThrownBy(() -> new XorCode(CodeSpec.parse("4-of-6"))).isInstanceOf(IllegalArgumentException.class);
    }
}
