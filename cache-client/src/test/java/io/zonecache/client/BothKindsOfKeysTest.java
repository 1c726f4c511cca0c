package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.zonecache.client.file.ChunkFile;
import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.code.StripeEncoder;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.origin.ObjectRange;
import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.StatRequest;
import io.zonecache.client.origin.StoredObject;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.KeyKind;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.Protocol;
import io.zonecache.model.StripeHeader;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import io.zonecache.testkit.proxy.ProxyFault;
import io.zonecache.testkit.s3.S3Control;
import io.zonecache.testkit.s3.S3Options;
import io.zonecache.testkit.s3.S3Server;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** One zone of real nodes with a real S3 server below: chunks named by their hash, ranges of objects, and attempts to pass one off as the other. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class BothKindsOfKeysTest {

    private static final int CHUNK = 20_000;
    private static final int COUNT = 8;
    private static final CodeSpec CODE = CodeSpec.parse("4-of-5");
    private static final Duration LONG = Duration.ofSeconds(60);

    private final S3Server s3 = S3Server.start(S3Options.defaults());
    private final HttpClient http = HttpClient.newHttpClient();
    private ProxiedZone proxied;
    private TestZone zone;

    @BeforeAll
    void startZone(@TempDir Path directory) {
        proxied = ProxiedZone.start(directory, 6, "4-of-5", Map.of());
        zone = proxied.nodes;
    }

    @AfterAll
    void stop() {
        proxied.close();
        s3.close();
    }

    // What both kinds have in common

    @Test
    void shouldServeHashedChunksAndRangesOfAnObjectWhicheverNodeIsLost() throws Exception {
        List<ChunkName> names = hashedChunksInTheOrigin(1);
        byte[] content = TestZone.chunk(2, COUNT * CHUNK - 77);
        StoredObject object = upload("both", content);
        names.addAll(ranges(object));
        s3.reset();
        try (ZoneCache filling = cache(true)) {
            List<byte[]> filled = readAll(filling, names);
            assertThat(join(filled.subList(COUNT, 2 * COUNT))).isEqualTo(content);
            filling.whenIdle().join();
        }
        assertThat(s3.counts().gets()).isEqualTo(2 * COUNT);
        await().atMost(LONG).until(() -> names.stream().allMatch(name -> stripesHeld(name) == CODE.stripes()));
        for (int lost = -1; lost < zone.view().size(); lost++) {
            setFault(lost, new ProxyFault.BreakAfter(0));
            try (ZoneCache reading = cache(false)) {
                assertThat(join(readAll(reading, names.subList(COUNT, 2 * COUNT))))
                        .as("without node %d", lost)
                        .isEqualTo(content);
                readAll(reading, names.subList(0, COUNT));
                assertThat(ChunkFile.ofObject(reading, object, CHUNK).stream().readAllBytes())
                        .isEqualTo(content);
            }
            setFault(lost, new ProxyFault.None());
        }
        assertThat(s3.counts().gets()).as("GETs after the filling").isEqualTo(2 * COUNT);
    }

    @Test
    void shouldRepairStripesOfBothKindsWithTheTagThatBelongsToTheKind() throws Exception {
        List<ChunkName> names = oneOfEachFilled(3);
        try (ZoneCache reading = cache(false)) {
            for (ChunkName name : names) {
                ZoneNode loser = zone.placement(name.key()).get(2);
                zone.node(loser).store().drop(name.key());
                await().atMost(LONG).untilAsserted(() -> {
                    get(reading, name).join();
                    assertThat(zone.node(loser).store().holds(name.key())).isTrue();
                });
                assertTagsAreRight(name);
            }
        }
    }

    @Test
    void shouldCompleteChunksOfBothKindsWithTheTagThatBelongsToTheKind() throws Exception {
        List<ChunkName> names = hashedChunksInTheOrigin(4);
        names.addAll(ranges(upload("incomplete", TestZone.chunk(5, COUNT * CHUNK))));
        setFault(1, new ProxyFault.BlackHole());
        try (ZoneCache filling = cache(true)) {
            readAll(filling, names);
            await("the write-backs have given the node up").atMost(LONG).until(() -> {
                WriteStats writes = filling.stats().writes();
                return writes.bytesInFlight() == 0 && writes.incompleteChunks() > 0;
            });
            // What was fetched out of the reserve, for want of a lease in time, is not in the zone at all.
            List<ChunkName> incomplete =
                    names.stream().filter(name -> stripesHeld(name) == 4).toList();
            assertThat(incomplete).extracting(ChunkName::kind).contains(KeyKind.values());
            setFault(1, new ProxyFault.None());
            await().atMost(LONG).until(() -> filling.stats().writes().incompleteChunks() == 0);
            for (ChunkName name : incomplete) {
                assertThat(stripesHeld(name)).isEqualTo(CODE.stripes());
                assertTagsAreRight(name);
            }
        } finally {
            setFault(1, new ProxyFault.None());
        }
    }

    @Test
    void shouldNotServeARangeToWhoTakesItsKeyForAHash() throws Exception {
        ObjectRange range = upload("taken for a hash", TestZone.chunk(6, CHUNK)).range(0, CHUNK);
        try (ZoneCache cache = cache(true, Verification.FULL, 1 << 20)) {
            byte[] right = cache.get(range).join().toBytes();
            cache.whenIdle().join();
            assertThat(codeOf(cache.get(range.key())))
                    .as("cached by the worker too")
                    .isEqualTo(CacheErrorCode.ABSENT);
            assertThat(cache.get(range).join().toBytes()).isEqualTo(right);
        }
        try (ZoneCache other = cache(true, Verification.CHECKSUM, 0)) {
            assertThat(codeOf(other.get(range.key()))).isEqualTo(CacheErrorCode.ABSENT);
            assertThat(other.get(range).join().length()).isEqualTo(CHUNK);
        }
    }

    // Attempts to pass one off as the other

    @ParameterizedTest
    @EnumSource
    void shouldNotTakeAChunkOfARangesTextForTheRange(Verification verification) throws Exception {
        StoredObject object = upload("text " + verification, TestZone.chunk(7, CHUNK));
        String text = textOfItsOwnLength(object);
        byte[] poison = text.getBytes(StandardCharsets.UTF_8);
        ObjectRange range = object.range(0, poison.length);
        assertThat(text).isEqualTo(range.uri() + "\n" + range.etag() + "\n0\n" + range.lengthBytes());
        try (ZoneCache cache = cache(true, verification, 0)) {
            assertThat(cache.prime(ChunkKey.sha256Of(poison), poison).join().isComplete())
                    .isTrue();
            assertThat(range.key()).isNotEqualTo(ChunkKey.sha256Of(poison));
            assertThat(cache.get(range).join().toBytes())
                    .isEqualTo(Arrays.copyOf(TestZone.chunk(7, CHUNK), poison.length));
        }
    }

    /** How the stripes of a hashed chunk are labelled under the key of a range of the same length. */
    private enum Label {
        /** As a hashed chunk of that key would be. */
        TAG_OF_A_HASH(true),
        /** With the tag that they had under their own key, which only hashing tells from the right one. */
        OWN_TAG(false),
        /** With the tag of a range, but not the length. */
        OTHER_LENGTH(true);

        final boolean isInTheHeader;

        Label(boolean isInTheHeader) {
            this.isInTheHeader = isInTheHeader;
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseAHashedChunksStripesUnderARangesKey(Label label) throws Exception {
        byte[] right = TestZone.chunk(8, CHUNK);
        byte[] hashed = TestZone.chunk(9, label == Label.OTHER_LENGTH ? CHUNK - 1 : CHUNK);
        List<Verification> verifications =
                label.isInTheHeader ? List.of(Verification.values()) : List.of(Verification.FULL);
        for (Verification verification : verifications) {
            ChunkName name =
                    ranges(upload("relabelled " + label + verification, right)).get(0);
            long tag = switch (label) {
                case TAG_OF_A_HASH -> name.key().w0();
                case OWN_TAG -> ChunkKey.sha256Of(hashed).w0();
                case OTHER_LENGTH -> name.key().tagOf(ByteBuffer.wrap(hashed));
            };
            assertRefused(name, hashed, tag, verification, right);
        }
    }

    @ParameterizedTest
    @EnumSource
    void shouldRefuseARangesStripesUnderAHashedChunksKey(Verification verification) throws Exception {
        byte[] right = TestZone.chunk(verification == Verification.FULL ? 10 : 11, CHUNK);
        byte[] ofRange = TestZone.chunk(12, CHUNK);
        ChunkName range = ranges(upload("passed off", ofRange)).get(0);
        assertRefused(hashed(right), ofRange, range.key().tagOf(ByteBuffer.wrap(ofRange)), verification, right);
    }

    @Test
    void shouldRefuseWrongBytesUnderAHashedChunksKeyAndItsTag() throws Exception {
        byte[] right = TestZone.chunk(13, CHUNK);
        ChunkName name = hashed(right);
        assertRefused(name, TestZone.chunk(14, CHUNK), name.key().w0(), Verification.FULL, right);
    }

    /** Stripes of other bytes on all nodes, with right keys and checksums: the reader gets the right ones from the origin, and mends the zone. */
    private void assertRefused(ChunkName name, byte[] poison, long tag, Verification verification, byte[] right)
            throws Exception {
        List<StripeRecord> records =
                StripeEncoder.encode(ChunkCodec.DEFAULT, CODE, name.key(), tag, ByteBuffer.wrap(poison));
        List<ZoneNode> placement = zone.placement(name.key());
        for (int i = 0; i < records.size(); i++) {
            putOverHttp(placement.get(i), name.key(), records.get(i));
        }
        try (ZoneCache cautious = cache(false, verification, 0)) {
            assertThat(codeOf(get(cautious, name)))
                    .as("%s under %s", name, verification)
                    .isEqualTo(CacheErrorCode.NOT_FOUND);
        }
        s3.reset();
        try (ZoneCache reading = cache(true, verification, 0)) {
            assertThat(get(reading, name).join().toBytes())
                    .as("%s under %s", name, verification)
                    .isEqualTo(right);
            reading.whenIdle().join();
        }
        assertThat(s3.counts().gets()).isEqualTo(1);
        try (ZoneCache after = cache(false, verification, 0)) {
            assertThat(get(after, name).join().toBytes()).isEqualTo(right);
        }
        assertTagsAreRight(name);
    }

    // Helpers

    /** The text that the key of a range from the object's beginning is made of, whose length is the range's. */
    private static String textOfItsOwnLength(StoredObject object) {
        String begin = object.uri() + "\n" + object.etag() + "\n0\n";
        for (int length = begin.length(); ; length++) {
            String text = begin + length;
            if (text.length() == length) {
                return text;
            }
        }
    }

    private ChunkName hashed(byte[] chunk) {
        try (Origin origin = origin()) {
            ChunkKey key = ChunkKey.sha256Of(chunk);
            origin.store(key, ByteBuffer.wrap(chunk), LONG.toMillis()).join();
            return ChunkName.of(key);
        }
    }

    private List<ChunkName> hashedChunksInTheOrigin(long seed) {
        List<ChunkName> names = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            names.add(hashed(TestZone.chunk(1_000 * seed + i, CHUNK)));
        }
        return names;
    }

    private List<ChunkName> oneOfEachFilled(long seed) {
        List<ChunkName> names = List.of(
                hashed(TestZone.chunk(1_000 * seed, CHUNK)),
                ranges(upload("one " + seed, TestZone.chunk(seed, CHUNK))).get(0));
        try (ZoneCache filling = cache(true)) {
            readAll(filling, names);
            filling.whenIdle().join();
        }
        await().atMost(LONG).until(() -> names.stream().allMatch(name -> stripesHeld(name) == CODE.stripes()));
        return names;
    }

    private StoredObject upload(String name, byte[] content) {
        try (Origin origin = origin()) {
            s3.put(name, content);
            return origin.stat(StatRequest.of("s3://" + S3Control.BUCKET + "/" + name, LONG.toMillis()))
                    .join();
        }
    }

    private static List<ChunkName> ranges(StoredObject object) {
        List<ChunkName> ranges = new ArrayList<>();
        for (long from = 0; from < object.lengthBytes(); from += CHUNK) {
            ranges.add(ChunkName.of(object.range(from, (int) Math.min(CHUNK, object.lengthBytes() - from))));
        }
        return ranges;
    }

    private static CompletableFuture<Chunk> get(ZoneCache cache, ChunkName name) {
        return name.range() == null ? cache.get(name.key()) : cache.get(name.range());
    }

    /** Hashed chunks are verified by the client. */
    private static List<byte[]> readAll(ZoneCache cache, List<ChunkName> names) {
        List<CompletableFuture<Chunk>> reads =
                names.stream().map(name -> get(cache, name)).toList();
        return reads.stream().map(read -> read.join().toBytes()).toList();
    }

    private static byte[] join(List<byte[]> parts) {
        ByteBuffer all =
                ByteBuffer.allocate(parts.stream().mapToInt(part -> part.length).sum());
        parts.forEach(all::put);
        return all.array();
    }

    private static CacheErrorCode codeOf(CompletableFuture<Chunk> read) {
        CacheException[] failure = new CacheException[1];
        assertThatThrownBy(read::join)
                .cause()
                .isInstanceOfSatisfying(CacheException.class, thrown -> failure[0] = thrown);
        return failure[0].code();
    }

    private long stripesHeld(ChunkName name) {
        return zone.view().stream()
                .filter(node -> zone.node(node).store().holds(name.key()))
                .count();
    }

    /** All n stripes are there, with the tag of their kind. */
    private void assertTagsAreRight(ChunkName name) throws Exception {
        List<StripeHeader> headers = new ArrayList<>();
        for (ZoneNode node : zone.placement(name.key())) {
            HttpResponse<byte[]> held = http.send(request(node, name.key()).build(), BodyHandlers.ofByteArray());
            assertThat(held.statusCode()).as("%s on %s", name, node.id()).isEqualTo(200);
            StripeRecord.split(ByteBuffer.wrap(held.body())).forEach(record -> headers.add(record.header()));
        }
        ByteBuffer chunk;
        try (ZoneCache reading = cache(false)) {
            chunk = get(reading, name).join().buffer();
        }
        long tag = name.tag(KeyScheme.SHA256, ChunkCodec.DEFAULT, chunk);
        assertThat(headers).extracting(StripeHeader::index).containsExactlyInAnyOrder(0, 1, 2, 3, 4);
        assertThat(headers).extracting(StripeHeader::tag).containsOnly(tag);
    }

    private void putOverHttp(ZoneNode node, ChunkKey key, StripeRecord record)
            throws IOException, InterruptedException {
        byte[] body = new byte[record.bytes().remaining()];
        record.bytes().duplicate().get(body);
        HttpRequest put = request(node, key)
                .header("Content-Type", Protocol.STRIPES_MEDIA_TYPE)
                .PUT(BodyPublishers.ofByteArray(body))
                .build();
        assertThat(http.send(put, BodyHandlers.ofString()).statusCode()).isEqualTo(204);
    }

    private static HttpRequest.Builder request(ZoneNode node, ChunkKey key) {
        return HttpRequest.newBuilder(URI.create("http://" + node.address() + Protocol.stripesPath(key)));
    }

    /** Of one node, behind its proxy; of none if there is no such node. */
    private void setFault(int node, ProxyFault fault) {
        if (node >= 0) {
            proxied.proxies.get(node).set(fault);
        }
    }

    private Origin origin() {
        return TestS3.origin(s3.endpoint(), "chunks");
    }

    private ZoneCache cache(boolean withOrigin) {
        return cache(withOrigin, Verification.FULL, 0);
    }

    private ZoneCache cache(boolean withOrigin, Verification verification, long localCacheBytes) {
        ZoneCache cache = ZoneCache.builder()
                .config(ClientConfig.builder()
                        .nodes(proxied.addresses())
                        .readDeadline(Duration.ofSeconds(30))
                        .verification(verification)
                        .localCacheBytes(localCacheBytes)
                        .fill(FillConfig.singleAttempt())
                        .build())
                .origin(withOrigin ? origin() : null)
                .build();
        cache.whenReady().join();
        return cache;
    }
}
