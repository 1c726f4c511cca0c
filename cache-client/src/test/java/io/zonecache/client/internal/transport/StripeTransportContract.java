package io.zonecache.client.internal.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.zonecache.client.TestZone;
import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.code.StripeEncoder;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.EncodedView;
import io.zonecache.model.KeyKind;
import io.zonecache.model.LeaseOutcome;
import io.zonecache.model.NodeState;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What every transport promises, over one node that works and one address where nothing is. */
abstract class StripeTransportContract {

    static final CodeSpec CODE = CodeSpec.parse("4-of-5");
    static final RequestContext CONTEXT = new RequestContext(60_000, 3, null);
    private static final AtomicLong NONCES = new AtomicLong();
    private static final Duration LONG = Duration.ofSeconds(20);

    abstract StripeTransport transport();

    abstract ZoneNode node();

    /** Where nothing listens. */
    abstract ZoneNode nobody();

    /** Lets what is under way come to its end. */
    abstract <T> T get(CompletableFuture<T> future);

    @Test
    void shouldStoreRecordsAndBringThemBackVerified() {
        byte[] chunk = TestZone.chunk(1, 100_001);
        ChunkKey key = ChunkKey.sha256Of(chunk);
        List<StripeRecord> records = records(chunk);
        assertThat(get(transport().put(node(), key, CONTEXT, List.of(records.get(2)))))
                .isEqualTo(new PutReply.Acknowledged());
        assertHolds(key, records.get(2));
        assertThat(get(transport().put(node(), key, CONTEXT, List.of(records.get(4), records.get(0)))))
                .isEqualTo(new PutReply.Acknowledged());
        assertHolds(key, records.get(4), records.get(0));
    }

    @Test
    void shouldCallWhatANodeLacksMissing() {
        assertThat(get(transport().get(node(), ChunkKey.sha256Of(new byte[] {9}), CONTEXT, header -> null)))
                .isInstanceOf(GetReply.Missing.class);
    }

    @Test
    void shouldPassOverStripesThatAreNotWanted() {
        byte[] chunk = TestZone.chunk(2, 10_000);
        ChunkKey key = ChunkKey.sha256Of(chunk);
        List<StripeRecord> records = records(chunk);
        get(transport().put(node(), key, CONTEXT, List.of(records.get(0), records.get(1))));
        List<Integer> offered = new CopyOnWriteArrayList<>();
        GetReply reply = get(transport().get(node(), key, CONTEXT, header -> {
            offered.add(header.index());
            return header.index() == 1 ? target(header.payloadBytes()) : null;
        }));
        assertThat(offered).containsExactly(0, 1);
        assertThat(((GetReply.Stripes) reply).verified())
                .extracting(received -> received.header().index())
                .containsExactly(1);
    }

    @Test
    void shouldNotListAStripeWhoseTargetWasCutOff() {
        byte[] chunk = TestZone.chunk(3, 10_000);
        ChunkKey key = ChunkKey.sha256Of(chunk);
        get(transport().put(node(), key, CONTEXT, List.of(records(chunk).get(0))));
        GetReply reply = get(transport().get(node(), key, CONTEXT, header -> {
            PayloadTarget target = target(header.payloadBytes());
            target.cutOff();
            return target;
        }));
        assertThat(reply).isEqualTo(new GetReply.Stripes(List.of(), 0));
    }

    @Test
    void shouldTellWhyAPutWasRefused() {
        byte[] chunk = TestZone.chunk(4, 10_000);
        ChunkKey key = ChunkKey.sha256Of(chunk);
        StripeRecord right = records(chunk).get(0);
        PutReply stranger = get(transport().put(node(), new ChunkKey(1, 2, 3, 4), CONTEXT, List.of(right)));
        assertThat(stranger)
                .isInstanceOfSatisfying(
                        PutReply.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo(CacheErrorCode.KEY_MISMATCH));
        byte[] bytes = bytes(right.bytes());
        bytes[bytes.length - 1] ^= 1;
        StripeRecord wrong = new StripeRecord(right.header(), ByteBuffer.wrap(bytes));
        PutReply flipped = get(transport().put(node(), key, CONTEXT, List.of(wrong)));
        assertThat(flipped)
                .isInstanceOfSatisfying(
                        PutReply.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo(CacheErrorCode.CHECKSUM_MISMATCH));
        assertThat(get(transport().get(node(), key, CONTEXT, header -> null))).isInstanceOf(GetReply.Missing.class);
    }

    @Test
    void shouldKeepAGoodStripeThatIsReportedAsBad() {
        byte[] chunk = TestZone.chunk(5, 10_000);
        ChunkKey key = ChunkKey.sha256Of(chunk);
        StripeRecord right = records(chunk).get(0);
        get(transport().put(node(), key, CONTEXT, List.of(right)));
        assertThat(get(transport().reportCorrupt(node(), key, CONTEXT))).isEqualTo(new PutReply.Acknowledged());
        assertHolds(key, right);
    }

    @Test
    void shouldSayThatNobodyIsThere() {
        ChunkKey key = new ChunkKey(5, 6, 7, 8);
        assertThat(get(transport().get(nobody(), key, CONTEXT, header -> null))).isInstanceOf(GetReply.Lost.class);
        assertThat(get(transport().put(nobody(), key, CONTEXT, records(new byte[10]))))
                .isInstanceOf(PutReply.Unknown.class);
        assertThat(get(transport().reportCorrupt(nobody(), key, CONTEXT))).isInstanceOf(PutReply.Unknown.class);
        assertThat(get(transport().acquireLease(nobody(), key, CONTEXT, question(0, false))))
                .isInstanceOf(LeaseReply.Unreachable.class);
        assertThat(get(transport().endLease(nobody(), key, CONTEXT, "x", LeaseOutcome.FAILED)))
                .isInstanceOf(PutReply.Unknown.class);
        assertThatThrownBy(() -> get(transport().view(nobody().address(), null, null, 0, 1_000)))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(CacheException.class);
    }

    @Test
    void shouldLeaseAFillToOneAndTellOthersThatItIsFilled() {
        ChunkKey key = ChunkKey.sha256Of(TestZone.chunk(6, 10));
        List<LeaseReply> granted = new ArrayList<>();
        await().atMost(LONG)
                .untilAsserted(
                        () -> { // a node grants nothing during its first seconds
                            granted.clear();
                            granted.add(get(transport().acquireLease(node(), key, CONTEXT, question(2_000, false))));
                            assertThat(granted.get(0)).isInstanceOf(LeaseReply.Granted.class);
                        });
        LeaseReply.Granted lease = (LeaseReply.Granted) granted.get(0);
        assertThat(lease.expiresInMillis()).isBetween(1L, 5_000L);
        assertThat(get(transport().acquireLease(node(), key, CONTEXT, question(0, false))))
                .isInstanceOfSatisfying(
                        LeaseReply.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo(CacheErrorCode.FILLING));
        assertThat(get(transport().endLease(node(), key, CONTEXT, lease.lease(), LeaseOutcome.FILLED)))
                .isEqualTo(new PutReply.Acknowledged());
        assertThat(get(transport().acquireLease(node(), key, CONTEXT, question(0, false))))
                .isEqualTo(new LeaseReply.Filled());
        assertThat(get(transport().acquireLease(node(), key, CONTEXT, question(0, true))))
                .isInstanceOf(LeaseReply.Granted.class);
    }

    @Test
    void shouldSayInAQuestionThatARangeIsRead() {
        ChunkKey key = new ChunkKey(6, 6, 6, 6);
        LeaseRequest forRange = new LeaseRequest(KeyKind.RANGE, 2_000, false, NONCES.incrementAndGet());
        List<LeaseReply> granted = new ArrayList<>();
        await().atMost(LONG)
                .untilAsserted(
                        () -> { // a node grants nothing during its first seconds
                            granted.clear();
                            granted.add(get(transport().acquireLease(node(), key, CONTEXT, forRange)));
                            assertThat(granted.get(0)).isInstanceOf(LeaseReply.Granted.class);
                        });
        String lease = ((LeaseReply.Granted) granted.get(0)).lease();
        get(transport().endLease(node(), key, CONTEXT, lease, LeaseOutcome.ABSENT));
        LeaseRequest again = new LeaseRequest(KeyKind.RANGE, 0, false, NONCES.incrementAndGet());
        assertThat(get(transport().acquireLease(node(), key, CONTEXT, again))).isEqualTo(new LeaseReply.Absent());
        assertThat(get(transport().acquireLease(node(), key, CONTEXT, question(0, false))))
                .isInstanceOf(LeaseReply.Granted.class);
    }

    @Test
    void shouldBringTheViewOnceAndThenSayThatItHasNotChanged() {
        EncodedView view = get(transport().view(node().address(), null, null, 0, 5_000));
        assertThat(view).isNotNull();
        assertThat(view.view().nodes()).contains(node());
        assertThat(get(transport().view(node().address(), view.version().etag(), null, 0, 5_000)))
                .isNull();
    }

    @Test
    void shouldTellTheEpochOfAnswers() {
        List<Long> epochs = new CopyOnWriteArrayList<>();
        transport().onEpoch((node, epoch) -> epochs.add(epoch));
        get(transport().get(node(), new ChunkKey(1, 1, 1, 1), CONTEXT, header -> null));
        assertThat(epochs).isNotEmpty().allMatch(epoch -> epoch >= 1_000);
    }

    @Test
    void shouldAnswerUnknownAfterItIsClosed() {
        StripeTransport closing = transport();
        closing.close();
        assertThat(get(closing.get(node(), new ChunkKey(1, 1, 1, 1), CONTEXT, header -> null)))
                .isInstanceOfSatisfying(
                        GetReply.Unknown.class,
                        unknown -> assertThat(unknown.cause()).isEqualTo(GetReply.Cause.NOT_SENT));
        ChunkKey key = new ChunkKey(1, 1, 1, 1);
        assertThat(get(closing.put(node(), key, CONTEXT, records(new byte[10]))))
                .isInstanceOf(PutReply.NotSent.class);
        assertThat(get(closing.reportCorrupt(node(), key, CONTEXT))).isInstanceOf(PutReply.NotSent.class);
        assertThat(get(closing.acquireLease(node(), key, CONTEXT, question(0, false))))
                .isInstanceOf(LeaseReply.NotSent.class);
        assertThat(get(closing.acquireLease(node(), key, CONTEXT, question(100, false))))
                .isInstanceOf(LeaseReply.NotSent.class);
        assertThat(get(closing.endLease(node(), key, CONTEXT, "x", LeaseOutcome.FAILED)))
                .isInstanceOf(PutReply.NotSent.class);
        assertThatThrownBy(() -> get(closing.view(node().address(), null, null, 0, 1_000)))
                .isInstanceOf(CompletionException.class)
                .hasCauseInstanceOf(CacheException.class);
    }

    void assertHolds(ChunkKey key, StripeRecord... expected) {
        GetReply reply = get(transport().get(node(), key, CONTEXT, header -> target(header.payloadBytes())));
        assertThat(reply).isInstanceOf(GetReply.Stripes.class);
        GetReply.Stripes stripes = (GetReply.Stripes) reply;
        assertThat(stripes.corrupt()).isZero();
        assertThat(stripes.verified()).hasSize(expected.length);
        for (int i = 0; i < expected.length; i++) {
            GetReply.Received received = stripes.verified().get(i);
            assertThat(received.header()).isEqualTo(expected[i].header());
            PayloadTarget target = received.target();
            assertThat(Arrays.copyOfRange(target.array(), 1, 1 + target.payloadBytes()))
                    .isEqualTo(bytes(expected[i].payload()));
        }
    }

    static PayloadTarget target(int payloadBytes) {
        return new PayloadTarget(new byte[payloadBytes + 1], 1, payloadBytes);
    }

    static List<StripeRecord> records(byte[] chunk) {
        ChunkKey key = ChunkKey.sha256Of(chunk);
        return StripeEncoder.encode(ChunkCodec.DEFAULT, CODE, key, key.w0(), ByteBuffer.wrap(chunk));
    }

    /** Each one another, never the same again. */
    static LeaseRequest question(long waitMillis, boolean seenFilled) {
        return new LeaseRequest(KeyKind.PLAIN, waitMillis, seenFilled, NONCES.incrementAndGet());
    }

    static ZoneNode node(String id, String address) {
        return new ZoneNode(id, address, id, 1, NodeState.UP);
    }

    static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.duplicate().get(bytes);
        return bytes;
    }
}
