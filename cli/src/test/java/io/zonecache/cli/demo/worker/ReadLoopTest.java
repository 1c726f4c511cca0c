package io.zonecache.cli.demo.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.ChunkKey;
import io.zonecache.testkit.oracle.ChunkOracle;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ReadLoopTest {

    private static final int CHUNKS = 100;
    private final ChunkOracle oracle = new ChunkOracle(3, 777);
    private final Map<ChunkKey, Integer> indexes = new HashMap<>();
    private final List<ChunkKey> keys = IntStream.range(0, CHUNKS)
            .mapToObj(i -> {
                indexes.put(oracle.key(i), i);
                return oracle.key(i);
            })
            .toList();

    @Test
    void shouldReadEveryChunkOnceWithSoManyInFlight() {
        Set<ChunkKey> read = new HashSet<>();
        FakeSource source = new FakeSource(key -> {
            assertThat(read.add(key)).isTrue();
            return right(key);
        });

        CompletableFuture<Tally> end = new ReadLoop(source, KeyOrder.once(keys, 1), 16, Runnable::run).start();
        while (!end.isDone()) {
            assertThat(source.inFlight()).isBetween(1, 16);
            source.answerAll();
        }

        assertThat(source.peakInFlight()).isEqualTo(16);
        assertThat(read).hasSize(CHUNKS);
        Tally tally = end.join();
        assertThat(tally.reads()).isEqualTo(CHUNKS);
        assertThat(tally.fromZone()).isEqualTo(CHUNKS);
        assertThat(tally.histogram().getTotalCount()).isEqualTo(CHUNKS);
        assertThat(tally.failed() + tally.refused() + tally.wrongBytes()).isZero();
    }

    @Test
    void shouldReadOnUntilItIsStoppedAndFinishWhatIsUnderWay() {
        FakeSource source = new FakeSource(this::right);
        KeyOrder order = KeyOrder.random(keys, 1);
        ReadLoop loop = new ReadLoop(source, order, 4, Runnable::run);
        CompletableFuture<Tally> end = loop.start();
        for (int round = 0; round < 50; round++) {
            source.answerAll();
        }
        assertThat(loop.done()).isEqualTo(200);

        order.stop();
        assertThat(end).isNotDone();
        source.answerAll();

        assertThat(end.join().reads()).isEqualTo(204);
    }

    @Test
    void shouldFindOneWrongBitAndGoOnAfterFailures() {
        FakeSource source = new FakeSource(key -> {
            int index = indexes.getOrDefault(key, -1);
            if (index == 5) {
                throw new CacheException(CacheErrorCode.ORIGIN_FAILED, "no answer");
            }
            if (index == 6) {
                throw new CacheException(CacheErrorCode.ORIGIN_LIMIT, "no slot");
            }
            byte[] chunk = oracle.chunk(index);
            chunk[700] ^= (byte) (index == 7 ? 1 : 0);
            return ByteBuffer.wrap(chunk);
        });

        CompletableFuture<Tally> end = new ReadLoop(source, KeyOrder.once(keys, 1), 3, Runnable::run).start();
        while (!end.isDone()) {
            source.answerAll();
        }

        Tally tally = end.join();
        assertThat(tally.reads()).isEqualTo(CHUNKS);
        assertThat(tally.failed()).isEqualTo(1);
        assertThat(tally.refused()).isEqualTo(1);
        assertThat(tally.wrongBytes()).isEqualTo(1);
        assertThat(tally.errors()).hasSize(3);
    }

    @Test
    void shouldRepeatItsOrderForASeed() {
        KeyOrder one = KeyOrder.random(keys, 9);
        KeyOrder same = KeyOrder.random(keys, 9);
        KeyOrder other = KeyOrder.random(keys, 10);
        int equal = 0;
        for (int i = 0; i < CHUNKS; i++) {
            ChunkKey key = one.next();
            assertThat(same.next()).isEqualTo(key);
            equal += key != null && key.equals(other.next()) ? 1 : 0;
        }
        assertThat(equal).isLessThan(CHUNKS / 4);
    }

    private ByteBuffer right(ChunkKey key) {
        return ByteBuffer.wrap(oracle.chunk(indexes.getOrDefault(key, -1)));
    }
}
