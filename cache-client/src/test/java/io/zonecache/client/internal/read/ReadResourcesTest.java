package io.zonecache.client.internal.read;

import static io.zonecache.client.internal.read.OverRequestReaderTest.assertHit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.code.StripeEncoder;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.client.internal.memory.MemoryBudget.Share;
import io.zonecache.client.internal.node.NodeListener;
import io.zonecache.client.internal.node.NodeTracker;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.transport.FakeNode;
import io.zonecache.client.internal.transport.FakeNode.Mode;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.StripeRecord;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a read holds goes back, whichever collaborator throws at whatever moment, and however nodes make it begin anew. */
final class ReadResourcesTest {

    private static final int CHUNK_BYTES = 1_000_000;
    private static final byte[] CHUNK = ReadHarness.chunk(1, CHUNK_BYTES);

    private static final ReadListener UNHEARD = new ReadListener() {
        @Override
        public void hit(ChunkKey key) {}

        @Override
        public void repairable(ChunkName name, ByteBuffer chunk, CodeSpec code, List<NodeFinding> findings) {}
    };

    private final MemoryBudget memory = new MemoryBudget(MemoryBudget.minBytes(CHUNK_BYTES), CHUNK_BYTES);
    private final ReadHarness zone = new ReadHarness("4-of-5", 5, KeyScheme.OPAQUE, ReadOptions.DEFAULT, 1, memory);
    private final ChunkKey key = zone.fill(CHUNK);
    private final FailingTimer timer = new FailingTimer(zone.timer);

    /** Throws when it is told to. */
    private static final class FailingTimer implements ClientTimer {

        final ClientTimer timer;
        boolean failsToSchedule;
        boolean failsToCancel;

        FailingTimer(ClientTimer timer) {
            this.timer = timer;
        }

        @Override
        public long nanoTime() {
            return timer.nanoTime();
        }

        @Override
        public Scheduled schedule(long delayNanos, Runnable task) {
            if (failsToSchedule) {
                throw new IllegalStateException("schedule");
            }
            Scheduled scheduled = timer.schedule(delayNanos, task);
            return () -> {
                scheduled.cancel();
                if (failsToCancel) {
                    throw new IllegalStateException("cancel");
                }
            };
        }
    }

    private OverRequestReader reader(NodeTracker nodeTracker, ClientTimer readTimer) {
        return new OverRequestReader(
                zone.transport,
                () -> zone.view,
                nodeTracker,
                readTimer,
                new Random(1),
                ReadOptions.DEFAULT,
                memory.reads(),
                UNHEARD,
                new DecodingThreads(Runnable::run, Runnable::run),
                ChunkCodec.DEFAULT);
    }

    private ChunkRead begin(OverRequestReader reader) {
        return reader.begin(ChunkName.of(key), null, zone.timer.nanoTime() + TimeUnit.SECONDS.toNanos(5));
    }

    @Test
    void shouldTakeAnswersThatTheNodeTrackerFailsOn() {
        OverRequestReader reader = reader(new NodeTracker(timer, timer::nanoTime, NodeListener.NONE), zone.timer);
        zone.at(key, 0).mode = Mode.REFUSING;
        zone.at(key, 1).mode = Mode.REFUSING;
        timer.failsToSchedule = true;
        for (int i = 0; i < 5; i++) {
            assertThat(reader.read(begin(reader)))
                    .as("read %d: some failure of a node is the one to tell the listener of", i)
                    .isCompletedWithValueMatching(found -> found instanceof ZoneRead.Miss);
        }
    }

    @Test
    void shouldEndARequestForAProbeThatTheNodeTrackerFailsOn() {
        OverRequestReader reader = reader(new NodeTracker(timer, timer::nanoTime, NodeListener.NONE), zone.timer);
        zone.at(key, 0).mode = Mode.REFUSING;
        timer.failsToSchedule = true;
        for (int i = 0; i < 5; i++) {
            assertThat(reader.probe(begin(reader), zone.placement(key)).join()).hasSize(4);
        }
    }

    @Test
    void shouldReleaseEverythingWhereATimerCannotBeCancelled() {
        OverRequestReader reader = reader(zone.nodeTracker, timer);
        zone.setAll(Mode.BUSY);
        CompletableFuture<ZoneRead> read = reader.read(begin(reader));
        zone.setAll(Mode.SERVING);
        timer.failsToCancel = true;
        zone.timer.advanceMillis(100);
        assertHit(read, CHUNK);
        assertThat(reader.roundsInFlight()).isZero();
        assertThat(memory.inFlightBytes()).isZero();
    }

    @Test
    void shouldReleaseTheRoundWhereDecodingCannotBegin() {
        ReadContext context = new ReadContext(
                zone.transport,
                () -> zone.view,
                zone.nodeTracker,
                zone.timer,
                new Random(1),
                ReadOptions.DEFAULT,
                memory.reads(),
                UNHEARD,
                new DecodingThreads(Runnable::run, Runnable::run),
                ChunkCodec.DEFAULT);
        ReadScope scope = new ReadScope(context.gate);
        CompletableFuture<ZoneRead> result = Objects.requireNonNull(scope.result());
        context.gate.enter(context.gate.ticket(0, taken -> {
            ReadRound round = ReadRound.begin(context, zone.begin(key), Objects.requireNonNull(zone.view), taken);
            scope.own(round);
            assertThat(context.gate.inFlight()).isEqualTo(1);
            assertThatThrownBy(() -> RoundDecoder.begin(context, scope, round))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("stripes to decode: none");
        }));
        scope.end(ended -> ended.complete(new ZoneRead.Hit(ByteBuffer.allocate(0))));
        assertThat(result).isCompleted();
        assertThat(context.gate.inFlight()).isZero();
        assertThat(memory.inFlightBytes()).isZero();
    }

    @Test
    void shouldLeaveTheQueueWhereTheRoundWasRequeuedWhileItWasAdmitted() {
        Share reads = memory.reads();
        long otherBytes = reads.maxBytes() - CHUNK_BYTES;
        assertThat(reads.tryTake(otherBytes)).isTrue();
        ChunkRead begun = begin(zone.reader);
        CompletableFuture<ZoneRead> read = zone.reader.read(begun);
        assertThat(zone.reader.roundsWaiting()).as("for more memory").isEqualTo(1);
        begun.cancel();
        assertThat(read).isCompletedExceptionally();
        assertThat(zone.reader.roundsWaiting()).isZero();
        reads.release(otherBytes);
        assertThat(memory.inFlightBytes()).isZero();
    }

    /** Each round's chunk is wrong, and larger than the one for which the round was given memory. */
    @Test
    void shouldPayForRetriesWhereNodesMakeItLackMemoryForTheSearchAgainAndAgain() {
        zone.setAll(Mode.BY_HAND);
        hold(0);
        CompletableFuture<ZoneRead> read = zone.reader.read(begin(zone.reader));
        int rounds = 1;
        while (rounds < 20 && answerWithoutMemoryForTheSearch(rounds)) {
            rounds++;
        }
        assertThat(rounds).as("without a pause").isEqualTo(5);
        assertThat(zone.reader.roundsInFlight() + zone.reader.roundsWaiting()).isZero();
        assertThat(read).isNotDone();
        zone.timer.advanceMillis(10);
        assertThat(zone.reader.stats().retries()).isEqualTo(1);
        assertThat(zone.reader.roundsInFlight()).isEqualTo(1);
    }

    /** @return whether that makes the read ask again at once */
    private boolean answerWithoutMemoryForTheSearch(int nextRound) {
        for (int place = 0; place < 4; place++) {
            last(place).deliver(StripeRecord.HEADER_BYTES);
        }
        Share reads = memory.reads();
        long freeBytes = reads.maxBytes() - memory.inFlightBytes();
        assertThat(reads.tryTake(freeBytes)).isTrue();
        List<FakeNode.Delivery> answers =
                IntStream.range(0, 4).mapToObj(this::last).toList();
        hold(nextRound);
        answers.forEach(FakeNode.Delivery::finish);
        assertThat(zone.at(key, 0).gets).hasSize(nextRound);
        reads.release(freeBytes);
        reads.serve();
        return zone.at(key, 0).gets.size() > nextRound;
    }

    private FakeNode.Delivery last(int place) {
        List<FakeNode.Delivery> deliveries = zone.at(key, place).deliveries;
        return deliveries.get(deliveries.size() - 1);
    }

    private void hold(int round) {
        byte[] content = ReadHarness.chunk(round, 100_000 + 1_000 * round);
        List<StripeRecord> records =
                StripeEncoder.encode(ChunkCodec.DEFAULT, zone.code, key, 1, ByteBuffer.wrap(content));
        for (int place = 0; place < 5; place++) {
            zone.at(key, place).hold(key, records.get(place));
        }
    }
}
