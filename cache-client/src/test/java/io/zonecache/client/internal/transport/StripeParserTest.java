package io.zonecache.client.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.code.StripeEncoder;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.StripeRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class StripeParserTest {

    private static final long SEED = 0xB0B;
    private static final byte[] CHUNK = new byte[1_003];
    private static final ChunkKey KEY;
    private static final List<StripeRecord> RECORDS;

    static {
        new Random(SEED).nextBytes(CHUNK);
        KEY = ChunkKey.sha256Of(CHUNK);
        RECORDS = StripeEncoder.encode(
                ChunkCodec.DEFAULT, CodeSpec.parse("4-of-5"), KEY, KEY.w0(), ByteBuffer.wrap(CHUNK));
    }

    @Test
    void shouldFindRecordsHoweverTheStreamIsCut() {
        byte[] body = join(RECORDS.get(3), RECORDS.get(0));
        for (int piece = 1; piece <= body.length; piece++) {
            GetReply.Stripes reply = parse(body, piece, true);
            assertThat(reply.corrupt()).isZero();
            assertThat(reply.verified())
                    .extracting(received -> received.header().index())
                    .containsExactly(3, 0);
            for (GetReply.Received received : reply.verified()) {
                StripeRecord expected = RECORDS.get(received.header().index());
                assertThat(payload(received)).isEqualTo(bytes(expected.payload()));
            }
        }
    }

    @Test
    void shouldFindEveryFlippedBit() {
        byte[] right = join(RECORDS.get(1));
        Random random = new Random(SEED);
        for (int bit = 0; bit < right.length * 8; bit += bit < 64 * 8 ? 1 : 1 + random.nextInt(50)) {
            byte[] body = right.clone();
            body[bit / 8] ^= (byte) (1 << bit % 8);
            GetReply.Stripes reply = parse(body, 100, true);
            boolean isVersion = bit / 8 == 3;
            assertThat(reply.verified()).as("bit %d, seed %d", bit, SEED).isEmpty();
            if (!isVersion) {
                assertThat(reply.corrupt()).as("bit %d, seed %d", bit, SEED).isEqualTo(1);
            }
        }
    }

    @Test
    void shouldCountATruncatedRecordAsCorrupt() {
        byte[] body = join(RECORDS.get(1), RECORDS.get(2));
        for (int length = 1; length < body.length; length += 7) {
            GetReply.Stripes reply = parse(Arrays.copyOf(body, length), 50, true);
            int whole = length / RECORDS.get(1).bytes().capacity();
            assertThat(reply.verified()).hasSize(whole);
            assertThat(reply.corrupt())
                    .isEqualTo(length % RECORDS.get(1).bytes().capacity() == 0 ? 0 : 1);
        }
    }

    @Test
    void shouldTakeNothingOfAnotherChunk() {
        byte[] other = {1, 2, 3};
        ChunkKey otherKey = ChunkKey.sha256Of(other);
        StripeRecord stranger = StripeEncoder.encode(
                        ChunkCodec.DEFAULT, CodeSpec.parse("4-of-5"), otherKey, otherKey.w0(), ByteBuffer.wrap(other))
                .get(0);
        GetReply.Stripes reply = parse(join(stranger, RECORDS.get(4)), 10, true);
        assertThat(reply.corrupt()).isEqualTo(1);
        assertThat(reply.verified()).hasSize(1);
    }

    @Test
    void shouldSkipRecordsOfLaterVersionsWithoutCallingThemBad() {
        byte[] later = join(RECORDS.get(0));
        later[3] = '2';
        byte[] body = ByteBuffer.allocate(2 * later.length)
                .put(later)
                .put(join(RECORDS.get(1)))
                .array();
        GetReply.Stripes reply = parse(body, 33, true);
        assertThat(reply.corrupt()).isZero();
        assertThat(reply.verified())
                .extracting(received -> received.header().index())
                .containsExactly(1);
    }

    @Test
    void shouldStopAtGarbage() {
        byte[] garbage = new byte[5_000];
        new Random(SEED).nextBytes(garbage);
        StripeParser parser = new StripeParser(KEY, header -> null);
        assertThat(parser.feed(bytesOf(garbage, 0, garbage.length))).isFalse();
        assertThat(parser.feed(bytesOf(garbage, 0, garbage.length))).isFalse();
        assertThat(parser.end()).isEqualTo(new GetReply.Stripes(List.of(), 1));
    }

    @Test
    void shouldWriteNothingAfterATargetIsCutOff() {
        byte[] body = join(RECORDS.get(0));
        byte[] memory = new byte[RECORDS.get(0).header().payloadBytes()];
        PayloadTarget target = new PayloadTarget(memory, 0, memory.length);
        StripeParser parser = new StripeParser(KEY, header -> target);
        assertThat(parser.feed(bytesOf(body, 0, 100))).isTrue();
        byte[] before = memory.clone();
        target.cutOff();
        assertThat(parser.feed(bytesOf(body, 100, body.length - 100))).isTrue();
        assertThat(memory).isEqualTo(before);
        assertThat(parser.end()).isEqualTo(new GetReply.Stripes(List.of(), 0));
        assertThat(target.array()).isEmpty();
    }

    @Test
    void shouldPassOverWhatTheSinkDoesNotWant() {
        assertThat(parse(join(RECORDS.get(0), RECORDS.get(1)), 17, false))
                .isEqualTo(new GetReply.Stripes(List.of(), 0));
    }

    @Test
    void shouldSurviveRandomBytesInPlaceOfAnyPart() {
        Random random = new Random(SEED);
        for (int run = 0; run < 20_000; run++) {
            byte[] body = join(RECORDS.get(0), RECORDS.get(1), RECORDS.get(2));
            int from = random.nextInt(body.length);
            int to = Math.min(body.length, from + 1 + random.nextInt(200));
            for (int i = from; i < to; i++) {
                body[i] = (byte) random.nextInt();
            }
            for (GetReply.Received received :
                    parse(body, 1 + random.nextInt(400), true).verified()) {
                StripeRecord expected = RECORDS.get(received.header().index());
                assertThat(payload(received)).as("seed %d, run %d", SEED, run).isEqualTo(bytes(expected.payload()));
            }
        }
    }

    private static GetReply.Stripes parse(byte[] body, int pieceBytes, boolean isWanted) {
        StripeParser parser = new StripeParser(
                KEY,
                header -> isWanted
                        ? new PayloadTarget(new byte[header.payloadBytes() + 6], 3, header.payloadBytes())
                        : null);
        boolean onReply = true;
        for (int at = 0; at < body.length && onReply; at += pieceBytes) {
            onReply = parser.feed(bytesOf(body, at, Math.min(pieceBytes, body.length - at)));
        }
        return parser.end();
    }

    private static StripeParser.Bytes bytesOf(byte[] body, int start, int length) {
        return new StripeParser.Bytes() {
            @Override
            public int length() {
                return length;
            }

            @Override
            public void copy(int from, int bytes, byte[] target, int offset) {
                System.arraycopy(body, start + from, target, offset, bytes);
            }
        };
    }

    private static byte[] payload(GetReply.Received received) {
        PayloadTarget target = received.target();
        return Arrays.copyOfRange(target.array(), target.offset(), target.offset() + target.payloadBytes());
    }

    private static byte[] join(StripeRecord... records) {
        List<byte[]> parts = new ArrayList<>();
        int length = 0;
        for (StripeRecord record : records) {
            parts.add(bytes(record.bytes()));
            length += record.bytes().remaining();
        }
        ByteBuffer body = ByteBuffer.allocate(length);
        parts.forEach(body::put);
        return body.array();
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
