package io.zonecache.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

final class GoldenVectorsTest {

    private static final byte[] CHUNK = "zonecache!".getBytes(StandardCharsets.US_ASCII);
    private static final CodeSpec CODE = CodeSpec.parse("4-of-5");

    @Test
    void shouldWriteTheRecordsOfTheDocument() {
        List<String> lines = FormatsDocument.block("records");
        ChunkKey key = ChunkKey.sha256Of(CHUNK);
        assertThat(lines.get(0)).isEqualTo("key " + key);
        for (int index = 0; index < CODE.stripes(); index++) {
            StripeRecord record =
                    StripeRecord.encode(CODE, index, CHUNK.length, key, key.w0(), ByteBuffer.wrap(payload(index)));
            assertThat(index + " " + hex(record.bytes())).isEqualTo(lines.get(1 + index));
        }
    }

    @Test
    void shouldReadTheRecordsOfTheDocument() {
        List<String> lines = FormatsDocument.block("records");
        for (int index = 0; index < CODE.stripes(); index++) {
            byte[] bytes = HexFormat.of().parseHex(lines.get(1 + index).substring(2));
            StripeRecord record = StripeRecord.split(ByteBuffer.wrap(bytes)).get(0);
            assertThat(record.checksumMatches()).isTrue();
            assertThat(record.header().index()).isEqualTo(index);
            assertThat(record.header().code()).isEqualTo(CODE);
            assertThat(record.header().chunkBytes()).isEqualTo(CHUNK.length);
            assertThat(hex(record.payload())).isEqualTo(HexFormat.of().formatHex(payload(index)));
        }
    }

    @Test
    void shouldNameARangeOfAnObjectAsTheDocumentDoes() {
        ChunkKey key = range(List.of());
        assertThat(key.toHex()).isEqualTo(FormatsDocument.block("opaque").get(0));
        assertThat(hex(key.tagOf(ByteBuffer.wrap(CHUNK))))
                .isEqualTo(FormatsDocument.block("tag").get(0));
        List<String> attributes = List.of(
                "versionId=3sL4kqtJlcpXroDTDmJ+rmSpXd3dIbrHY",
                "customerKeySha256=630dcd2966c4336691125448bbb25b4ff412a49c732db2c8abc1b8581bd710dd");
        assertThat(range(attributes).toHex())
                .isEqualTo(FormatsDocument.block("version").get(0));
    }

    private static ChunkKey range(List<String> attributes) {
        return ChunkKey.ofRange(
                "s3://models/llama/weights.bin", "\"9b2cf535f27731c9\"", 1_048_576, 524_288, attributes);
    }

    @Test
    void shouldWriteAndReadTheLeaseQuestionsOfTheDocument() {
        List<String> lines = FormatsDocument.block("lease");
        String path = Protocol.leasePath(ChunkKey.sha256Of(CHUNK));
        LeaseNonce nonce = new LeaseNonce(0x0123456789abcdefL);
        assertThat(lines.get(0)).isEqualTo("POST " + path + "?waitMillis=2000&seen=FILLED&nonce=" + nonce);
        assertThat(lines.get(1)).isEqualTo("POST " + path + "?waitMillis=2000&seen=FILLED&range=1&nonce=" + nonce);
        assertThat(lines.get(0)).endsWith(LeaseNonce.parse(nonce.toString()).toString());
        List<String> ends = new ArrayList<>();
        for (LeaseOutcome outcome : LeaseOutcome.values()) {
            String name = outcome.wireName();
            ends.add("DELETE " + path + "/7f3a" + (name == null ? "" : "?outcome=" + name));
        }
        assertThat(lines.subList(2, lines.size())).isEqualTo(ends);
    }

    @Test
    void shouldWriteAndReadThePurgesOfTheDocument() {
        List<String> lines = FormatsDocument.block("purges");
        ChunkKey key = ChunkKey.sha256Of(CHUNK);
        String token = "1-" + hex(Placement.hash(key));
        List<PurgePage> pages =
                List.of(new PurgePage(token, true, false, List.of(key)), new PurgePage(token, false, false, List.of()));
        for (int i = 0; i < pages.size(); i++) {
            assertThat(pages.get(i).encode()).isEqualTo(lines.get(i));
            assertThat(PurgePage.decode(lines.get(i))).isEqualTo(pages.get(i));
        }
    }

    @Test
    void shouldWriteTheViewOfTheDocumentWithItsEtag() {
        EncodedView decoded = FormatsDocument.view();
        EncodedView encoded = ViewJson.encode(decoded.view());
        assertThat(encoded.json()).isEqualTo(FormatsDocument.block("view").get(0));
        assertThat(encoded.version().etag())
                .isEqualTo(FormatsDocument.block("etag").get(0));
        assertThat(decoded.version()).isEqualTo(encoded.version());
    }

    @Test
    void shouldSeedNodesAsTheDocumentDoes() {
        List<String> lines = FormatsDocument.block("seeds");
        assertThat("mix " + hex(Placement.mix(1))).isEqualTo(lines.get(0));
        for (String line : lines.subList(1, lines.size())) {
            String[] words = line.split(" ", -1);
            ZoneNode node = FormatsDocument.view().view().node(words[0]).orElseThrow();
            assertThat(hex(Placement.seeds(node)[Integer.parseInt(words[1])])).isEqualTo(words[2]);
        }
    }

    @Test
    void shouldPlaceAsTheDocumentDoes() {
        ZoneView view = FormatsDocument.view().view();
        Placement placement = new Placement(view);
        for (String line : FormatsDocument.block("placement")) {
            String[] words = line.split(" ", -1);
            ChunkKey key = ChunkKey.parse(words[0]);
            assertThat(hex(Placement.hash(key))).isEqualTo(words[1]);
            assertThat(score(view, "zonecache-0", key)).isEqualTo(words[2]);
            assertThat(score(view, "zonecache-5", key)).isEqualTo(words[3]);
            assertThat(placement.nodesFor(key).stream().map(ZoneNode::id))
                    .containsExactlyElementsOf(Arrays.asList(words).subList(4, words.length));
        }
    }

    private static String score(ZoneView view, String id, ChunkKey key) {
        return hex(Placement.score(
                Placement.hash(key), Placement.seeds(view.node(id).orElseThrow())));
    }

    private static byte[] payload(int index) {
        byte[] payload = new byte[CODE.payloadBytes(CHUNK.length)];
        for (int i = 0; i < payload.length * CODE.data(); i++) {
            byte value = i < CHUNK.length ? CHUNK[i] : 0;
            if (index == CODE.data() || i / payload.length == index) {
                payload[i % payload.length] ^= value;
            }
        }
        return payload;
    }

    private static String hex(long word) {
        return HexFormat.of().toHexDigits(word);
    }

    private static String hex(ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        return HexFormat.of().formatHex(copy);
    }
}
