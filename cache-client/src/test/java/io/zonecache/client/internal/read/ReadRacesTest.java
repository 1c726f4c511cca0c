package io.zonecache.client.internal.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.internal.transport.FakeNode;
import io.zonecache.client.internal.transport.FakeNode.Mode;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.StripeRecord;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Replies on threads of their own, cut into pieces anywhere. */
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
