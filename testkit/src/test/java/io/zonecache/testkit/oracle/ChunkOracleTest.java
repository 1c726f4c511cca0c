package io.zonecache.testkit.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.model.ChunkKey;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ChunkOracleTest {

    private final ChunkOracle oracle = new ChunkOracle(42, 1_003);

    @Test
    void shouldKnowEveryChunkWithoutKeepingIt() {
        byte[] chunk = oracle.chunk(7);

        assertThat(chunk).hasSize(1_003).isEqualTo(new ChunkOracle(42, 1_003).chunk(7));
        assertThat(oracle.key(7)).isEqualTo(ChunkKey.sha256Of(chunk));
        assertThatCode(() -> oracle.check(7, ByteBuffer.wrap(chunk))).doesNotThrowAnyException();
    }

    @Test
    void shouldMakeDifferentChunks() {
        Set<ChunkKey> keys = new HashSet<>();
        for (int i = 0; i < 500; i++) {
            keys.add(oracle.key(i));
            keys.add(new ChunkOracle(43, 1_003).key(i));
        }
        assertThat(keys).hasSize(1_000);
    }

    @Test
    void shouldNameTheFirstWrongByte() {
        byte[] chunk = oracle.chunk(7);
        chunk[500] ^= 4;

        assertThatThrownBy(() -> oracle.check(7, ByteBuffer.wrap(chunk)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("chunk 7 of seed 42")
                .hasMessageContaining("first wrong at 500");
        assertThatThrownBy(() -> oracle.check(7, ByteBuffer.wrap(chunk, 0, 500)))
                .hasMessageContaining("500 bytes, first wrong at 500");
    }
}
