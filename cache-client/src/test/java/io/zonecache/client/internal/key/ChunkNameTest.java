package io.zonecache.client.internal.key;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.TestZone;
import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.KeyKind;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.StripeHeader;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ChunkNameTest {

    private static final int CHUNK_BYTES = 100;
    private static final CodeSpec CODE = CodeSpec.parse("4-of-5");

    private final ByteBuffer chunk = ByteBuffer.wrap(TestZone.chunk(1, CHUNK_BYTES));
    private final ChunkName hashed = ChunkName.of(ChunkKey.sha256Of(chunk));
    private final ChunkName range = ChunkName.of(new ObjectRange("s3://bucket/object", "\"1\"", 0, CHUNK_BYTES));

    private StripeHeader header(ChunkKey key, int chunkBytes, long tag) {
        return new StripeHeader(CODE, 0, chunkBytes, key, tag, 0);
    }

    private long tag(ChunkName name, KeyScheme scheme) {
        return name.tag(scheme, ChunkCodec.DEFAULT, chunk);
    }

    @Test
    void shouldTakeAKeyForAHashOnlyIfItIsPlainInAZoneOfHashes() {
        assertThat(hashed.isHash(KeyScheme.SHA256)).isTrue();
        assertThat(hashed.isHash(KeyScheme.OPAQUE)).isFalse();
        assertThat(range.isHash(KeyScheme.SHA256)).isFalse();
        assertThat(range.isHash(KeyScheme.OPAQUE)).isFalse();
        assertThat(hashed.kind()).isEqualTo(KeyKind.PLAIN);
        assertThat(range.kind()).isEqualTo(KeyKind.RANGE);
    }

    @Test
    void shouldTagAChunkByItsKeyAloneOnlyIfThatIsItsHash() {
        assertThat(tag(hashed, KeyScheme.SHA256)).isEqualTo(hashed.key().w0());
        assertThat(tag(hashed, KeyScheme.OPAQUE)).isEqualTo(hashed.key().tagOf(chunk));
        for (KeyScheme scheme : KeyScheme.values()) {
            assertThat(tag(range, scheme)).isEqualTo(range.key().tagOf(chunk));
        }
        assertThat(chunk.position()).isZero();
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseForARangeWhatHasAnotherLengthOrAHashesTag(KeyScheme scheme) {
        ChunkKey key = range.key();
        long tag = tag(range, scheme);
        assertThat(range.contradicts(scheme, header(key, CHUNK_BYTES, tag))).isFalse();
        assertThat(range.contradicts(scheme, header(key, CHUNK_BYTES - 1, tag))).isTrue();
        assertThat(range.contradicts(scheme, header(key, CHUNK_BYTES + 1, tag))).isTrue();
        assertThat(range.contradicts(scheme, header(key, CHUNK_BYTES, key.w0())))
                .isTrue();
    }

    @Test
    void shouldRefuseForAHashedChunkWhatHasAnyOtherTag() {
        ChunkKey key = hashed.key();
        assertThat(hashed.contradicts(KeyScheme.SHA256, header(key, CHUNK_BYTES, key.w0())))
                .isFalse();
        assertThat(hashed.contradicts(KeyScheme.SHA256, header(key, CHUNK_BYTES, key.tagOf(chunk))))
                .isTrue();
        assertThat(hashed.contradicts(KeyScheme.OPAQUE, header(key, CHUNK_BYTES, key.tagOf(chunk))))
                .isFalse();
    }

    /** Whoever stores the text that a range's key is made of stores it under another key. */
    @Test
    void shouldNameNoRangeAsAChunkOfItsTextIsNamed() {
        String text = "s3://bucket/object\n\"1\"\n0\n" + CHUNK_BYTES;
        assertThat(range.key()).isNotEqualTo(ChunkKey.sha256Of(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }
}
