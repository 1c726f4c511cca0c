package io.zonecache.benchmarks.storage;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.zonecache.model.ChunkKey;
import io.zonecache.model.CodeName;
import io.zonecache.model.CodeSpec;
import io.zonecache.model.StripeRecord;
import io.zonecache.storage.StoreConfig;
import io.zonecache.storage.StripeStore;
import io.zonecache.storage.StripeStores;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** A store without a hot tier, full of stripes of one size, all of them on disk. For one thread. */
final class DiskReadStore implements AutoCloseable {

    private static final CodeSpec WHOLE = new CodeSpec(CodeName.XOR, 1, 0);

    private final Path directory;
    private final int stripes;
    private final int payloadBytes;
    private StripeStore store;

    private DiskReadStore(Path directory, int stripes, int payloadBytes) {
        this.directory = directory;
        this.stripes = stripes;
        this.payloadBytes = payloadBytes;
        this.store = open();
    }

    /** Takes up what an earlier run left in the directory. */
    static DiskReadStore filled(Path directory, int stripes, int payloadBytes) {
        DiskReadStore filled = new DiskReadStore(directory, stripes, payloadBytes);
        filled.fill();
        return filled;
    }

    int recordBytes() {
        return WHOLE.payloadBytes(payloadBytes) + StripeRecord.HEADER_BYTES;
    }

    /** Reads the stripe as a node does once it knows that it is on disk. */
    void read(int number) {
        ByteBuf found = store.read(keyOf(number));
        if (found == null) {
            throw new IllegalStateException("stripe " + number + " is gone");
        }
        found.release();
    }

    /** The files that payloads lie in. */
    List<Path> payloadFiles() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".sst"))
                    .filter(file -> file.toFile().length() > 4L << 20)
                    .sorted()
                    .toList();
        }
    }

    /** So many different numbers of stripes. */
    int[] sample(int count, Random random) {
        int[] all = new int[stripes];
        Arrays.setAll(all, i -> i);
        for (int i = 0; i < count; i++) {
            int other = i + random.nextInt(stripes - i);
            int taken = all[other];
            all[other] = all[i];
            all[i] = taken;
        }
        return Arrays.copyOf(all, count);
    }

    @Override
    public void close() {
        store.close();
    }

    private void fill() {
        Random random = new Random(1);
        byte[] payload = new byte[payloadBytes];
        for (int number = 0; number < stripes; number++) {
            random.nextBytes(payload);
            if (!store.holds(keyOf(number))) {
                put(number, payload);
            }
        }
        store.close();
        store = open();
        for (int number = 0; number < stripes; number++) {
            if (!store.holds(keyOf(number))) {
                throw new IllegalStateException("stripe " + number + " was not kept");
            }
        }
    }

    private void put(int number, byte[] payload) {
        StripeRecord record =
                StripeRecord.encode(WHOLE, 0, payloadBytes, keyOf(number), number, ByteBuffer.wrap(payload));
        ByteBuf value = Unpooled.wrappedBuffer(record.bytes());
        store.put(keyOf(number), value);
        value.release();
    }

    private StripeStore open() {
        long capacity = Math.max(StoreConfig.MIN_CAPACITY_BYTES, 2L * stripes * recordBytes());
        return StripeStores.open(StoreConfig.builder(directory)
                .capacityBytes(capacity)
                .hotBytes(0)
                .build());
    }

    private static ChunkKey keyOf(int number) {
        return new ChunkKey(number * 0x9E3779B97F4A7C15L, number, 0, 0);
    }
}
