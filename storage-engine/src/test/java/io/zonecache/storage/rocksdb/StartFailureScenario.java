package io.zonecache.storage.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.zonecache.model.CacheException;
import io.zonecache.storage.RebuildRules;
import io.zonecache.storage.StoreConfig;
import io.zonecache.storage.TestStripes;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/** In a process of its own: directory, flag file, which failure. Exits 0 if nothing was lost. */
final class StartFailureScenario {

    private static final int STRIPES = 100;
    private static final int PAYLOAD_BYTES = 30_000;
    private static final int MAX_DESCRIPTORS_LEFT = 48;

    private final Path directory;
    private final Path flag;
    private final AtomicLong clockMillis = new AtomicLong(1);

    private StartFailureScenario(Path directory, Path flag) {
        this.directory = directory;
        this.flag = flag;
    }

    public static void main(String[] arguments) throws IOException {
        StartFailureScenario scenario = new StartFailureScenario(Path.of(arguments[0]), Path.of(arguments[1]));
        scenario.fill();
        switch (arguments[2]) {
            case "unreadable" -> scenario.unreadable();
            case "descriptors" -> scenario.withoutDescriptors();
            default -> scenario.full();
        }
        scenario.assertAllHeld();
    }

    private void unreadable() throws IOException {
        failToRead();
        // The same while a corrupt store is repaired.
        damageAnIndex();
        failToRead();
    }

    private void failToRead() throws IOException {
        Files.writeString(flag, "r5");
        assertRefused();
        Files.delete(flag);
    }

    /** With fewer and fewer descriptors left: the store opens, or says why not. The last try has one, for the lock. */
    private void withoutDescriptors() throws IOException {
        int refused = 0;
        int opened = 0;
        for (int left = MAX_DESCRIPTORS_LEFT; left > 0; left--) {
            Deque<Closeable> taken = takeAll();
            for (int i = 0; i < left; i++) {
                taken.pop().close();
            }
            try {
                open().close();
                opened++;
            } catch (CacheException e) {
                refused++;
            } finally {
                for (Closeable each : taken) {
                    each.close();
                }
            }
        }
        assertThat(refused).isPositive();
        assertThat(opened).isPositive();
    }

    private static Deque<Closeable> takeAll() {
        Deque<Closeable> taken = new ArrayDeque<>();
        try {
            while (true) {
                taken.push(new FileInputStream("/dev/null"));
            }
        } catch (IOException none) {
            return taken;
        }
    }

    private void full() throws IOException {
        Path ballast = directory.resolveSibling("ballast");
        long free = Files.getFileStore(directory).getUsableSpace();
        try (RandomAccessFile file = new RandomAccessFile(ballast.toFile(), "rw")) {
            file.write(new byte[(int) (free - (1 << 20))]);
        }
    }

    private void damageAnIndex() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            Path manifest = files.filter(file -> file.getFileName().toString().startsWith("MANIFEST"))
                    .findFirst()
                    .orElseThrow();
            Files.write(manifest, new byte[10]);
        }
    }

    private void assertRefused() {
        List<String> before = names();
        assertThatThrownBy(this::open)
                .isInstanceOf(CacheException.class)
                .hasMessageContaining("left as it is")
                .hasMessageContaining("(expected: ");
        assertThat(names()).as("files").containsAll(before);
    }

    /** RocksDB's logs come and go. */
    private List<String> names() {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> !name.startsWith("LOG") && !name.startsWith("OPTIONS"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void fill() {
        try (RocksDbStripeStore store = open()) {
            for (int i = 0; i < STRIPES; i++) {
                TestStripes.put(store, i, PAYLOAD_BYTES);
            }
        }
    }

    private void assertAllHeld() {
        try (RocksDbStripeStore store = open()) {
            store.maintain();
            for (int i = 0; i < STRIPES; i++) {
                ByteBuf found = store.read(TestStripes.key(i));
                assertThat(found).as("stripe %d", i).isNotNull();
                found.release();
            }
        }
    }

    private RocksDbStripeStore open() {
        StoreConfig config = new StoreConfig(directory, 128 << 20, 0, 2, 10_000, 100, 2 << 20, 4 << 20, 1_000);
        return RocksDbStripeStore.open(config, clockMillis::get, PooledByteBufAllocator.DEFAULT, RebuildRules.TAKE_ALL);
    }
}
