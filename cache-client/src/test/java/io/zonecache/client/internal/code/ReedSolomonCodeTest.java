package io.zonecache.client.internal.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.model.CodeSpec;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class ReedSolomonCodeTest extends ErasureCodeContract {

    @Override
    List<CodeSpec> specs() {
        return Stream.of(
                        "reed_solomon:4-of-4",
                        "reed_solomon:4-of-5",
                        "reed_solomon:4-of-6",
                        "reed_solomon:1-of-3",
                        "reed_solomon:2-of-5",
                        "reed_solomon:6-of-9")
                .map(CodeSpec::parse)
                .toList();
    }

    @Override
    ErasureCode create(CodeSpec spec) {
        return new ReedSolomonCode(spec);
    }

    @Test
    void shouldComputeTheCheckVectorOfTheFormat() {
        HexFormat hex = HexFormat.of();
        byte[][] stripes = {
            hex.parseHex("01020304"),
            hex.parseHex("05060708"),
            hex.parseHex("090a0b0c"),
            hex.parseHex("0d0e0f10"),
            new byte[4],
            new byte[4]
        };
        create(CodeSpec.parse("4-of-6")).encode(stripes, new int[6], 4);
        assertThat(hex.formatHex(stripes[4])).isEqualTo("11121309");
        assertThat(hex.formatHex(stripes[5])).isEqualTo("15161765");
    }

    @Test
    void shouldRefuseAnotherCode() {
        assertThatThrownBy(() -> new ReedSolomonCode(CodeSpec.parse("4-of-5")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
