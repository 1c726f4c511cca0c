package io.zonecache.client.internal.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.TestZone;
import io.zonecache.client.Verification;
import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.KeyScheme;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class KeyCheckTest {

    private static final ByteBuffer CHUNK = ByteBuffer.wrap(TestZone.chunk(1, 100));
    private static final ByteBuffer OTHER = ByteBuffer.wrap(TestZone.chunk(2, 100));
    private static final ChunkName HASHED = ChunkName.of(ChunkKey.sha256Of(CHUNK));
    private static final ChunkName RANGE = ChunkName.of(new ObjectRange("s3://bucket/object", "\"1\"", 0, 100));

    private static KeyCheck check(ChunkName name, KeyScheme scheme, Verification verification) {
        return new KeyCheck(name, scheme, verification, ChunkCodec.DEFAULT);
    }

    private static StripeLayout layout(long tag) {
        return new StripeLayout(CodeSpec.parse("4-of-5"), 100, tag);
    }

    @Test
    void shouldHoldAHashedChunkAgainstAllOfItsKey() {
        KeyCheck check = check(HASHED, KeyScheme.SHA256, Verification.FULL);
        assertThat(check.isValid(layout(HASHED.key().w0()), CHUNK)).isTrue();
        assertThat(check.isValid(layout(HASHED.key().w0()), OTHER)).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void shouldHoldARangeAgainstATagOfItsKeyAndItsBytes(KeyScheme scheme) {
        KeyCheck check = check(RANGE, scheme, Verification.FULL);
        assertThat(check.isValid(layout(RANGE.key().tagOf(CHUNK)), CHUNK)).isTrue();
        assertThat(check.isValid(layout(RANGE.key().tagOf(CHUNK)), OTHER)).isFalse();
        assertThat(check.isValid(layout(HASHED.key().w0()), CHUNK))
                .as("the chunk's hash alone says nothing of the key")
                .isFalse();
        assertThat(check.isValid(layout(HASHED.key().tagOf(CHUNK)), CHUNK))
                .as("of the same chunk under another key")
                .isFalse();
    }

    @Test
    void shouldHoldAnOpaqueKeysChunkAgainstATagOfKeyAndBytes() {
        KeyCheck check = check(HASHED, KeyScheme.OPAQUE, Verification.FULL);
        assertThat(check.isValid(layout(HASHED.key().tagOf(CHUNK)), CHUNK)).isTrue();
        assertThat(check.isValid(layout(HASHED.key().w0()), CHUNK)).isFalse();
    }

    @Test
    void shouldHashNothingWhereChecksumsAreToDo() {
        ChunkCodec idle = new ChunkCodec() {
            @Override
            public ChunkKey sha256(ByteBuffer chunk) {
                throw new AssertionError("hashed");
            }

            @Override
            public long tag(ChunkKey key, ByteBuffer chunk) {
                throw new AssertionError("hashed");
            }
        };
        for (ChunkName name : new ChunkName[] {HASHED, RANGE}) {
            KeyCheck check = new KeyCheck(name, KeyScheme.SHA256, Verification.CHECKSUM, idle);
            assertThat(check.isValid(layout(1), CHUNK)).isTrue();
        }
    }
}
