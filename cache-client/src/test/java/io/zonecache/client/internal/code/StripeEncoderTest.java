package io.zonecache.client.internal.code;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.StripeRecord;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class StripeEncoderTest {

    @Test
    void shouldCutTheChunkIntoDataStripesPaddedWithZeros() {
        for (String code : List.of("4-of-5", "4-of-6", "1-of-1", "1-of-2", "3-of-4")) {
            CodeSpec spec = CodeSpec.parse(code);
            for (int chunkBytes : new int[] {1, 2, 3, 4, 5, 7, 1_000, 1_001, 65_537}) {
                byte[] chunk = random(chunkBytes);
                ChunkKey key = ChunkKey.sha256Of(chunk);
                List<StripeRecord> records =
                        StripeEncoder.encode(ChunkCodec.DEFAULT, spec, key, key.w0(), ByteBuffer.wrap(chunk));
                assertThat(records).hasSize(spec.stripes());
                byte[] joined = new byte[spec.data() * spec.payloadBytes(chunkBytes)];
                for (int i = 0; i < spec.stripes(); i++) {
                    StripeRecord record = records.get(i);
                    assertThat(record.checksumMatches()).isTrue();
                    assertThat(record.header()).isEqualTo(StripeRecord.readHeader(record.bytes()));
                    assertThat(record.header().index()).isEqualTo(i);
                    if (i < spec.data()) {
                        record.payload().get(joined, i * spec.payloadBytes(chunkBytes), spec.payloadBytes(chunkBytes));
                    }
                }
                assertThat(joined).isEqualTo(Arrays.copyOf(chunk, joined.length));
            }
        }
    }

    @Test
    void shouldTakeOnlyWhatRemainsInTheBufferAndLeaveItsPosition() {
        byte[] chunk = random(50);
        ByteBuffer buffer = ByteBuffer.allocate(70);
        buffer.position(10).put(chunk).flip().position(10);
        ChunkKey key = ChunkKey.sha256Of(chunk);
        CodeSpec spec = CodeSpec.parse("4-of-5");
        assertThat(StripeEncoder.encode(ChunkCodec.DEFAULT, spec, key, key.w0(), buffer))
                .isEqualTo(StripeEncoder.encode(ChunkCodec.DEFAULT, spec, key, key.w0(), ByteBuffer.wrap(chunk)));
        assertThat(buffer.position()).isEqualTo(10);
    }

    @Test
    void shouldRefuseAnEmptyOrTooLargeChunk() {
        assertRefused(0, CacheErrorCode.BAD_REQUEST);
        assertRefused(StripeRecord.MAX_CHUNK_BYTES + 1, CacheErrorCode.TOO_LARGE);
    }

    private static void assertRefused(int bytes, CacheErrorCode code) {
        ChunkKey key = new ChunkKey(1, 2, 3, 4);
        assertThatThrownBy(() -> StripeEncoder.encode(
                        ChunkCodec.DEFAULT, CodeSpec.parse("4-of-5"), key, 1, ByteBuffer.allocate(bytes)))
                .isInstanceOfSatisfying(
                        CacheException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(": " + bytes + " (expected: 1..16777216)");
    }

    private static byte[] random(int bytes) {
        byte[] chunk = new byte[bytes];
        new Random(bytes).nextBytes(chunk);
        return chunk;
    }
}
