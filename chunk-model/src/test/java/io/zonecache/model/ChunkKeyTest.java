package io.zonecache.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ChunkKeyTest {

    private static final String EMPTY_SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    @Test
    void shouldReadWhatItWrites() {
        ChunkKey key = ChunkKey.parse(EMPTY_SHA256);
        assertThat(key.toHex()).isEqualTo(EMPTY_SHA256);
        assertThat(ChunkKey.of(key.toBytes())).isEqualTo(key).hasSameHashCodeAs(key);
    }

    @Test
    void shouldBeTheSha256OfTheChunk() {
        assertThat(ChunkKey.sha256Of(new byte[0]).toHex()).isEqualTo(EMPTY_SHA256);
        byte[] large = new byte[100_000];
        ByteBuffer direct = ByteBuffer.allocateDirect(large.length);
        assertThat(ChunkKey.sha256Of(direct)).isEqualTo(ChunkKey.sha256Of(large));
        assertThat(direct.remaining()).isEqualTo(large.length);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "e3",
                "E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b85g",
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8555",
                "-3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "+3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                "٣3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
            })
    void shouldRefuseWhatIsNot64LowerCaseHexDigits(String text) {
        assertThatThrownBy(() -> ChunkKey.parse(text))
                .isInstanceOf(CacheException.class)
                .hasMessageStartingWith("BAD_KEY: key: ")
                .hasMessageContaining("expected: 64 lower-case hex digits");
    }

    @Test
    void shouldOrderAsTheHexTextDoes() {
        ChunkKey low = ChunkKey.parse("7" + EMPTY_SHA256.substring(1));
        ChunkKey high = ChunkKey.parse("8" + EMPTY_SHA256.substring(1));
        assertThat(low).isLessThan(high);
        assertThat(high.toHex()).isGreaterThan(low.toHex());
    }

    @Test
    void shouldRefuseBytesOfAnotherLength() {
        byte[] text = "short".getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> ChunkKey.of(text)).hasMessageContaining("5 (expected: 32)");
    }
}
