package io.zonecache.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class StripeRecordTest {

    private static final CodeSpec CODE = CodeSpec.parse("4-of-5");
    private static final ChunkKey KEY = ChunkKey.sha256Of(new byte[] {1, 2, 3});

    @ParameterizedTest
    @CsvSource({
        "0, magic",
        "3, magic",
        "4, code",
        "5, data stripes",
        "6, parity stripes",
        "7, index",
        "8, chunk length",
        "12, payload length",
        "56, reserved",
        "59, reserved"
    })
    void shouldNameTheFieldThatIsOutOfRange(int offset, String field) {
        byte[] bytes = record(100).bytes().array();
        bytes[offset] = (byte) 0x7F;
        assertThatThrownBy(() -> StripeRecord.readHeader(ByteBuffer.wrap(bytes)))
                .isInstanceOfSatisfying(
                        CacheException.class, e -> assertThat(e.code()).isEqualTo(CacheErrorCode.BAD_RECORD))
                .hasMessageContaining(field)
                .hasMessageContaining("expected: ");
    }

    @Test
    void shouldNoticeEveryFlippedBit() {
        StripeRecord good = record(37);
        for (int bit = 0; bit < good.bytes().limit() * 8; bit++) {
            byte[] bytes = good.bytes().array().clone();
            bytes[bit / 8] ^= (byte) (1 << bit % 8);
            assertThat(isAccepted(bytes)).as("bit %d", bit).isFalse();
        }
    }

    @Test
    void shouldRefuseARecordCutShortAnywhere() {
        byte[] bytes = record(37).bytes().array();
        for (int length = 1; length < bytes.length; length++) {
            ByteBuffer cut = ByteBuffer.wrap(bytes, 0, length);
            assertThatThrownBy(() -> StripeRecord.split(cut)).isInstanceOf(CacheException.class);
        }
    }

    @Test
    void shouldReadRecordsThatStandBackToBack() {
        ByteBuffer body = ByteBuffer.allocate(1000);
        body.put(record(10).bytes()).put(record(40).bytes()).flip();
        List<StripeRecord> records = StripeRecord.split(body);
        assertThat(records).extracting(r -> r.header().chunkBytes()).containsExactly(10, 40);
        assertThat(records).allMatch(StripeRecord::checksumMatches);
        assertThat(body.position()).isZero();
    }

    @Test
    void shouldPassOverARecordOfALaterVersion() {
        ByteBuffer later = ByteBuffer.allocate(64 + 5);
        later.putInt(0x5A435332).putLong(0).putInt(5);
        ByteBuffer body = ByteBuffer.allocate(1000);
        body.put(later.rewind()).put(record(10).bytes()).flip();
        assertThat(StripeRecord.split(body))
                .singleElement()
                .satisfies(r -> assertThat(r.header().chunkBytes()).isEqualTo(10));
    }

    @ParameterizedTest
    @ValueSource(ints = {0x7FFFFFFF, -1, 6})
    void shouldRefuseALaterVersionLongerThanTheBody(int payloadBytes) {
        ByteBuffer later = ByteBuffer.allocate(64 + 5);
        later.putInt(0x5A435332).putLong(0).putInt(payloadBytes);
        assertThatThrownBy(() -> StripeRecord.split(later.rewind())).isInstanceOf(CacheException.class);
    }

    @Test
    void shouldSurviveRandomBytes() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = record(1 + random.nextInt(50)).bytes().array().clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                StripeRecord.split(ByteBuffer.wrap(bytes));
            } catch (CacheException e) {
                assertThat(e.code()).as("seed %d", seed).isEqualTo(CacheErrorCode.BAD_RECORD);
            }
        }
    }

    @Test
    void shouldRefuseToWriteAPayloadOfAnotherLength() {
        assertThatThrownBy(() -> StripeRecord.encode(CODE, 0, 10, KEY, 1, ByteBuffer.allocate(4)))
                .hasMessageContaining("payload bytes: 4 (expected: 3");
    }

    @Test
    void shouldTellHowMuchOfAPayloadIsTheChunks() {
        assertThat(header(0, 10).chunkBytesInPayload()).isEqualTo(3);
        assertThat(header(3, 10).chunkBytesInPayload()).isEqualTo(1);
        assertThat(header(4, 10).chunkBytesInPayload()).isEqualTo(3);
        assertThat(header(3, 1).chunkBytesInPayload()).isZero();
        assertThat(header(0, 1).chunkBytesInPayload()).isEqualTo(1);
    }

    private static StripeHeader header(int index, int chunkBytes) {
        return new StripeHeader(CODE, index, chunkBytes, KEY, 0, 0);
    }

    private static StripeRecord record(int chunkBytes) {
        byte[] payload = new byte[CODE.payloadBytes(chunkBytes)];
        new Random(chunkBytes).nextBytes(payload);
        return StripeRecord.encode(CODE, 1, chunkBytes, KEY, 77, ByteBuffer.wrap(payload));
    }

    private static boolean isAccepted(byte[] bytes) {
        try {
            List<StripeRecord> records = StripeRecord.split(ByteBuffer.wrap(bytes));
            return !records.isEmpty() && records.get(0).checksumMatches();
        } catch (CacheException e) {
            return false;
        }
    }
}
