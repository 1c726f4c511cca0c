package io.zonecache.client.internal.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.client.internal.code.ChunkCodec;
import io.zonecache.client.internal.key.ChunkName;
import io.zonecache.client.internal.time.ClientTimer;
import io.zonecache.client.internal.transport.FakeNode;
import io.zonecache.client.internal.transport.FakeNode.Mode;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.StripeRecord;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Replies on threads of their own, cut into pieces anywhere, and a timer whose tasks run on one of its own. */
final class ReadRacesTest {

    private static final long SEED = 0xACE5;
    private static final int RUNS = 400;

    @Test
    void shouldHandOutARightChunkHoweverRepliesRace() throws Exception {
        byte[] chunk = ReadHarness.chunk(3, 20_011);
        Random random = new Random(SEED);
        for (int run = 0; run < RUNS; run++) {
            ReadHarness zone = new ReadHarness(run % 2 == 0 ? "4-of-5" : "4-of-6", 6);
            ChunkKey key = zone.fill(chunk);
            int places = zone.code.stripes();
            for (int place = 0; place < places; place++) {
                zone.at(key, place).mode = Mode.BY_HAND;
            }
            int scribbler = random.nextInt(places);
            zone.at(key, scribbler).holdBytes(key, scribbled(zone.records(chunk).get(scribbler)));
            CompletableFuture<ZoneRead> read = zone.reader.read(zone.begin(key));
            AtomicReference<byte[]> atOnce = new AtomicReference<>();
            CompletableFuture<Void> looked = read.thenAccept(hit -> atOnce.set(bytes(hit)));
            race(zone, key, places, random);
            looked.join();
            assertThat(atOnce.get())
                    .as("seed %d, run %d, when it was handed out", SEED, run)
                    .isEqualTo(chunk);
            assertThat(bytes(read.join()))
                    .as("seed %d, run %d, after all was heard", SEED, run)
                    .isEqualTo(chunk);
        }
    }

    /** The thread that sets a timer is held up before it owns it, so the task, which sets the next timer, runs first or waits for it. */
    @Test
    void shouldTryAgainHoweverEarlyTheTimerRunsItsPause() throws Exception {
        ReadHarness zone = new ReadHarness("4-of-5", 5);
        EarlyTimer timer = new EarlyTimer(zone.timer);
        OverRequestReader reader = new OverRequestReader(
                zone.transport,
                () -> zone.view,
                zone.nodeTracker,
                timer,
                new Random(1),
                ReadOptions.DEFAULT,
                zone.memory.reads(),
                new ReadListener() {
                    @Override
                    public void hit(ChunkKey key) {}

                    @Override
                    public void repairable(
                            ChunkName name, ByteBuffer chunk, CodeSpec code, List<NodeFinding> findings) {}
                },
                new DecodingThreads(Runnable::run, Runnable::run),
                ChunkCodec.DEFAULT);
        byte[] chunk = ReadHarness.chunk(3, 20_011);
        ChunkKey key = zone.fill(chunk);
        zone.setAll(Mode.BUSY);
        // Takes the retry that is saved at the start, so that the next read's first pause is followed by another one.
        CompletableFuture<ZoneRead> before = reader.read(begin(reader, zone, key, 100));
        zone.timer.advanceMillis(100);
        assertThat(before).isCompletedExceptionally();
        timer.isArmed = true;
        CompletableFuture<ZoneRead> read = reader.read(begin(reader, zone, key, 30_000));
        timer.finish();
        zone.setAll(Mode.SERVING);
        zone.timer.advanceMillis(5_000);
        assertThat(read).isCompleted();
        assertThat(bytes(read.join())).isEqualTo(chunk);
    }

    private static ChunkRead begin(OverRequestReader reader, ReadHarness zone, ChunkKey key, long millis) {
        return reader.begin(ChunkName.of(key), null, zone.timer.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis));
    }

    /** Once armed, runs the next pause on a thread of its own before {@code schedule} returns, until that ends or waits for a lock. */
    private static final class EarlyTimer implements ClientTimer {

        private static final long MAX_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

        private final ClientTimer timer;
        private final Queue<Later> setMeanwhile = new ConcurrentLinkedQueue<>();
        private @Nullable Thread early;
        boolean isArmed;

        private record Later(long delayNanos, Runnable task, AtomicBoolean isCancelled) {}

        EarlyTimer(ClientTimer timer) {
            this.timer = timer;
        }

        @Override
        public long nanoTime() {
            return timer.nanoTime();
        }

        @Override
        public Scheduled schedule(long delayNanos, Runnable task) {
            if (Thread.currentThread().equals(early)) {
                // The virtual clock is the test's thread's alone.
                Later later = new Later(delayNanos, task, new AtomicBoolean());
                setMeanwhile.add(later);
                return () -> later.isCancelled().set(true);
            }
            if (!isArmed || delayNanos > MAX_PAUSE_NANOS) {
                return timer.schedule(delayNanos, task);
            }
            isArmed = false;
            Thread thread = new Thread(task, "early");
            early = thread;
            thread.start();
            await().pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> !thread.isAlive() || thread.getState() == Thread.State.BLOCKED);
            return () -> {};
        }

        /** Waits for the early task, and sets the timers that it has set. */
        void finish() throws InterruptedException {
            Thread thread = Objects.requireNonNull(early);
            thread.join();
            assertThat(setMeanwhile).hasSize(1);
            setMeanwhile.stream()
                    .filter(later -> !later.isCancelled().get())
                    .forEach(later -> timer.schedule(later.delayNanos(), later.task()));
        }
    }

    /** One thread for each node; the one that scribbles writes payload that is wrong, under a checksum that tells. */
    private static void race(ReadHarness zone, ChunkKey key, int places, Random random) throws Exception {
        CyclicBarrier start = new CyclicBarrier(places);
        List<Thread> threads = new ArrayList<>();
        for (int place = 0; place < places; place++) {
            FakeNode node = zone.at(key, place);
            int pieceBytes = 1 + random.nextInt(3_000);
            Thread thread = new Thread(() -> {
                try {
                    start.await();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
                FakeNode.Delivery delivery = node.deliveries.get(0);
                while (delivery.bytesLeft() > 0) {
                    delivery.deliver(pieceBytes);
                }
                delivery.finish();
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
    }

    private static byte[] scribbled(StripeRecord record) {
        byte[] body = ReadHarness.bytes(record.bytes());
        for (int i = StripeRecord.HEADER_BYTES; i < body.length; i++) {
            body[i] = (byte) 0xEE;
        }
        return body;
    }

    private static byte[] bytes(ZoneRead read) {
        ByteBuffer chunk = ((ZoneRead.Hit) read).chunk();
        return ReadHarness.bytes(chunk);
    }
}
