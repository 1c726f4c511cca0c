package io.zonecache.client.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.zonecache.client.Chunk;
import io.zonecache.client.TestChunks;
import io.zonecache.client.internal.time.CacheThread;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Channels and streams over chunks that the test hands out. */
final class ChunkFileChannelTest {

    private static final long SEED = 0xF11E;
    private static final int CHUNK = 1_000;

    /** A file in memory whose chunks come at once, or when the test says so. */
    private static final class HandLayout extends Layout {
        private final byte[] bytes;
        private final List<Integer> asked = new ArrayList<>();
        private final Map<Integer, CompletableFuture<Chunk>> byHand = new HashMap<>();
        private boolean isByHand;
        private Runnable onGet = () -> {};

        HandLayout(int fileBytes) {
            super(fileBytes, CHUNK);
            bytes = new byte[fileBytes];
            new Random(SEED).nextBytes(bytes);
        }

        @Override
        synchronized CompletableFuture<Chunk> get(int index, Duration timeout) {
            asked.add(index);
            onGet.run();
            if (!isByHand) {
                return CompletableFuture.completedFuture(chunk(index));
            }
            CompletableFuture<Chunk> future = new CompletableFuture<>();
            byHand.put(index, future);
            return future;
        }

        synchronized CompletableFuture<Chunk> handed(int index) {
            return byHand.getOrDefault(index, new CompletableFuture<>());
        }

        Chunk chunk(int index) {
            int from = (int) offsetBytes(index);
            return TestChunks.of(Arrays.copyOfRange(bytes, from, from + lengthBytes(index)));
        }

        synchronized List<Integer> asked() {
            return List.copyOf(asked);
        }

        @Override
        String describe(int index) {
            return "chunk " + index;
        }
    }

    @Test
    void shouldReadWhatTheFileHoldsWhereverItIsRead() throws IOException {
        for (int fileBytes : new int[] {0, 1, 999, 1_000, 1_001, 25_000, 25_001}) {
            HandLayout layout = new HandLayout(fileBytes);
            Random random = new Random(SEED);
            try (SeekableByteChannel channel = ChunkFile.of(layout).channel()) {
                for (int run = 0; run < 300; run++) {
                    int from = random.nextInt(fileBytes + 10);
                    ByteBuffer target = ByteBuffer.allocate(random.nextInt(3_000));
                    int read = channel.position(from).read(target);
                    int expected = Math.max(0, Math.min(fileBytes - from, target.capacity()));
                    assertThat(read).as("seed %d, run %d", SEED, run).isEqualTo(from >= fileBytes ? -1 : expected);
                    assertThat(Arrays.copyOf(target.array(), expected))
                            .as("seed %d, run %d", SEED, run)
                            .isEqualTo(Arrays.copyOfRange(
                                    layout.bytes, Math.min(from, fileBytes), Math.min(from, fileBytes) + expected));
                    assertThat(channel.position()).isEqualTo(from + expected);
                }
                assertThat(channel.size()).isEqualTo(fileBytes);
            }
        }
    }

    @Test
    void shouldReadOneChunkAheadHoweverLongItIs() throws IOException {
        HandLayout layout = new HandLayout(5 * CHUNK);
        try (SeekableByteChannel channel =
                ChunkFile.of(layout).withReadAhead(CHUNK - 1).channel()) {
            channel.read(ByteBuffer.allocate(CHUNK));
            channel.read(ByteBuffer.allocate(10));
            assertThat(layout.asked()).containsExactly(0, 1, 2);
            channel.read(ByteBuffer.allocate(CHUNK));
            assertThat(layout.asked()).containsExactly(0, 1, 2, 3);
        }
    }

    @Test
    void shouldReadNothingAheadWhereItIsToldSo() throws IOException {
        HandLayout layout = new HandLayout(5 * CHUNK);
        try (SeekableByteChannel channel = ChunkFile.of(layout).withReadAhead(0).channel()) {
            channel.read(ByteBuffer.allocate(2 * CHUNK));
            assertThat(layout.asked()).containsExactly(0, 1);
        }
    }

    @Test
    void shouldStreamWithSkipMarkAndSingleBytes() throws IOException {
        HandLayout layout = new HandLayout(3_500);
        try (InputStream stream = ChunkFile.of(layout).stream()) {
            assertThat(stream.read()).isEqualTo(layout.bytes[0] & 0xFF);
            stream.mark(0);
            assertThat(stream.skip(2_000)).isEqualTo(2_000);
            assertThat(stream.readNBytes(10)).isEqualTo(Arrays.copyOfRange(layout.bytes, 2_001, 2_011));
            assertThat(stream.skip(10_000)).isEqualTo(1_489);
            assertThat(stream.read()).isEqualTo(-1);
            stream.reset();
            assertThat(stream.readAllBytes()).isEqualTo(Arrays.copyOfRange(layout.bytes, 1, 3_500));
        }
    }

    @Test
    void shouldReadAheadFurtherAndFurtherUpToItsBoundInBytes() throws IOException {
        HandLayout layout = new HandLayout(100 * CHUNK);
        try (SeekableByteChannel channel =
                ChunkFile.of(layout).withReadAhead(3 * CHUNK + 500).channel()) {
            readAt(channel, 0);
            assertThat(layout.asked()).containsExactly(0, 1);
            readAt(channel, 1);
            assertThat(layout.asked()).containsExactly(0, 1, 2, 3);
            readAt(channel, 2);
            assertThat(layout.asked()).containsExactly(0, 1, 2, 3, 4, 5);
            readAt(channel, 2);
            readAt(channel, 3);
            assertThat(layout.asked()).containsExactly(0, 1, 2, 3, 4, 5, 6);
        }
    }

    @Test
    void shouldNotReadAheadForWhoJumpsAbout() throws IOException {
        HandLayout layout = new HandLayout(100 * CHUNK);
        try (SeekableByteChannel channel = ChunkFile.of(layout).channel()) {
            for (int index : new int[] {50, 20, 70, 10, 90}) {
                readAt(channel, index);
            }
            assertThat(layout.asked()).containsExactly(50, 20, 70, 10, 90);
            readAt(channel, 91);
            assertThat(layout.asked()).endsWith(90, 91, 92);
        }
    }

    @Test
    void shouldGiveUpWhatWasAheadOfAReaderThatJumps() throws Exception {
        HandLayout layout = new HandLayout(100 * CHUNK);
        SeekableByteChannel channel = ChunkFile.of(layout).channel();
        readAt(channel, 0);
        layout.isByHand = true;
        readAt(channel, 1);
        CompletableFuture<Chunk> two = layout.handed(2);
        assertThat(two).isNotDone();
        layout.isByHand = false;
        readAt(channel, 60);
        assertThat(two).isCancelled();
        channel.close();
    }

    @Test
    void shouldAskAgainForAChunkThatFailedAheadOfItsTime() throws IOException {
        HandLayout layout = new HandLayout(10 * CHUNK);
        try (SeekableByteChannel channel = ChunkFile.of(layout).channel()) {
            readAt(channel, 0);
            layout.isByHand = true;
            readAt(channel, 1);
            layout.isByHand = false;
            layout.handed(2).completeExceptionally(new CacheException(CacheErrorCode.DEADLINE_EXCEEDED, "too early"));
            readAt(channel, 2);
            assertThat(layout.asked().stream().filter(index -> index == 2)).hasSize(2);
        }
    }

    @Test
    void shouldSayWhichChunkFailedAndReadOnAfterwards() throws IOException {
        HandLayout layout = new HandLayout(3 * CHUNK);
        try (SeekableByteChannel channel = ChunkFile.of(layout).withReadAhead(0).channel()) {
            readAt(channel, 0);
            layout.isByHand = true;
            Thread failing = new Thread(() -> {
                await().until(() -> layout.asked().size() == 2);
                layout.handed(1)
                        .completeExceptionally(new CacheException(CacheErrorCode.ORIGIN_FAILED, "no such luck"));
            });
            failing.start();
            channel.position(500);
            ByteBuffer target = ByteBuffer.allocate(2_000);
            assertThat(channel.read(target)).as("what came before the failure").isEqualTo(500);
            Thread again = new Thread(() -> {
                await().until(() -> layout.asked().size() == 3);
                layout.handed(1)
                        .completeExceptionally(new CacheException(CacheErrorCode.ORIGIN_FAILED, "no such luck"));
            });
            again.start();
            assertThatThrownBy(() -> channel.read(target))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("chunk 1")
                    .hasMessageContaining("no such luck")
                    .hasCauseInstanceOf(CacheException.class);
            layout.isByHand = false;
            assertThat(channel.read(target)).isEqualTo(1_500);
            assertThat(target.array()).isEqualTo(Arrays.copyOfRange(layout.bytes, 500, 2_500));
        }
    }

    @Test
    void shouldRejectAChunkOfAnotherLength() throws IOException {
        HandLayout layout = new HandLayout(3 * CHUNK);
        layout.isByHand = true;
        CompletableFuture<Throwable> failure =
                inThread(() -> readAt(ChunkFile.of(layout).channel(), 0));
        await().until(() -> layout.asked().contains(0));
        layout.handed(0).complete(TestChunks.of(new byte[999]));
        assertThat(failure.join()).isInstanceOf(IOException.class).hasMessage("bytes of chunk 0: 999 (expected: 1000)");
    }

    @Test
    void shouldEndAWaitWhenInterruptedAndStayOpen() throws Exception {
        HandLayout layout = new HandLayout(CHUNK);
        layout.isByHand = true;
        SeekableByteChannel channel = ChunkFile.of(layout).channel();
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread reader = new Thread(() -> failure.complete(failureOf(() -> readAt(channel, 0))));
        reader.start();
        await().until(() -> layout.asked().contains(0));
        reader.interrupt();
        assertThat(failure.get(20, TimeUnit.SECONDS)).isInstanceOf(InterruptedIOException.class);
        assertThat(layout.handed(0)).isCancelled();
        layout.isByHand = false;
        readAt(channel, 0);
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void shouldEndTheWaitOfAnotherThreadWhenClosed() throws Exception {
        HandLayout layout = new HandLayout(CHUNK);
        layout.isByHand = true;
        SeekableByteChannel channel = ChunkFile.of(layout).channel();
        CompletableFuture<Throwable> failure = inThread(() -> readAt(channel, 0));
        await().until(() -> layout.asked().contains(0));
        channel.close();
        assertThat(failure.get(20, TimeUnit.SECONDS)).isInstanceOf(AsynchronousCloseException.class);
        assertThatThrownBy(() -> readAt(channel, 0)).isInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(channel::size).isInstanceOf(ClosedChannelException.class);
        channel.close();
    }

    @Test
    void shouldCancelTheChunkThatItBeginsToWaitForAsTheChannelIsClosed() throws IOException {
        HandLayout layout = new HandLayout(3 * CHUNK);
        layout.isByHand = true;
        SeekableByteChannel channel = ChunkFile.of(layout).withReadAhead(0).channel();
        layout.onGet = () -> {
            try {
                channel.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
        assertThatThrownBy(() -> readAt(channel, 0)).isInstanceOf(AsynchronousCloseException.class);
        assertThat(layout.handed(0)).isCancelled();
    }

    @Test
    void shouldRefuseToBlockAThreadOfTheCache() throws Exception {
        HandLayout layout = new HandLayout(3 * CHUNK);
        layout.isByHand = true;
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        try (SeekableByteChannel channel = ChunkFile.of(layout).channel();
                InputStream stream = ChunkFile.of(layout).stream()) {
            new CacheThread(
                            () -> {
                                assertThat(failureOf(stream::read)).isInstanceOf(IllegalStateException.class);
                                failure.complete(failureOf(() -> readAt(channel, 0)));
                            },
                            "zonecache-test")
                    .start();
            assertThat(failure.get(60, TimeUnit.SECONDS))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("zonecache-test");
        }
        assertThat(layout.asked()).isEmpty();
    }

    @Test
    void shouldOnlyRead() throws IOException {
        try (SeekableByteChannel channel = ChunkFile.of(new HandLayout(10)).channel()) {
            assertThatThrownBy(() -> channel.write(ByteBuffer.allocate(1)))
                    .isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> channel.truncate(1)).isInstanceOf(NonWritableChannelException.class);
            assertThatThrownBy(() -> channel.position(-1)).hasMessage("position: -1 (expected: 0 or more)");
        }
    }

    /** Something that reads. */
    private interface Reading {
        void run() throws IOException;
    }

    private static CompletableFuture<Throwable> inThread(Reading reading) {
        return CompletableFuture.supplyAsync(() -> failureOf(reading));
    }

    private static Throwable failureOf(Reading reading) {
        try {
            reading.run();
            return new AssertionError("no failure");
        } catch (IOException | IllegalStateException e) {
            return e;
        }
    }

    private static void readAt(SeekableByteChannel channel, int index) throws IOException {
        channel.position((long) index * CHUNK + 7).read(ByteBuffer.allocate(10));
    }
}
