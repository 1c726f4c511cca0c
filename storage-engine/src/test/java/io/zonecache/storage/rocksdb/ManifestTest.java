package io.zonecache.storage.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.PooledByteBufAllocator;
import io.zonecache.storage.FastDisk;
import io.zonecache.storage.StoreConfig;
import io.zonecache.storage.TestStripes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** What RocksDB must never see, at every bit of a real file; what the store does about it is {@link CorruptionTest}'s. */
class ManifestTest {

    private static final int STRIPES = 100;

    @TempDir(factory = FastDisk.class)
    Path data;

    private Path directory;
    private Path file;
    private byte[] written;

    @BeforeEach
    void fill() throws IOException {
        directory = data.resolve("store");
        try (RocksDbStripeStore store = open(directory)) {
            for (int i = 0; i < STRIPES; i++) {
                TestStripes.put(store, i, 4096);
            }
        }
        file = directory.resolve(Files.readString(directory.resolve("CURRENT")).strip());
        written = Files.readAllBytes(file);
    }

    @Test
    void shouldPassWhatRocksDbWrote() throws RocksDBException {
        assertThat(written.length).isGreaterThan(100);
        Manifest.check(directory);
    }

    @Test
    void shouldPassNoFlippedBitButOneThatMakesARecordLongerThanTheFile() throws IOException {
        int passed = 0;
        for (int bit = 0; bit < written.length * Byte.SIZE; bit++) {
            byte[] flipped = written.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            Files.write(file, flipped);
            if (passes()) {
                passed++;
                // It is taken for the end of the file: an older state, then, or none.
                assertThatCopyOpens("bit " + bit);
            }
        }
        assertThat(passed).isBetween(1, written.length);
    }

    @Test
    void shouldPassWhatWasCutOffAnywhereOrEndsInZeros() throws Exception {
        for (int length = 0; length < written.length; length++) {
            Files.write(file, Arrays.copyOf(written, length));
            Manifest.check(directory);
        }
        Files.write(file, Arrays.copyOf(written, written.length + 4096));
        Manifest.check(directory);
        assertThatCopyOpens("zeros at the end");
    }

    @Test
    void shouldTellWhatIsWrong() throws IOException {
        written[written.length / 2] ^= 1;
        Files.write(file, written);

        assertThatThrownBy(() -> Manifest.check(directory))
                .hasMessageMatching("MANIFEST-\\d+: damaged at byte \\d+ of " + written.length + " .*")
                .isInstanceOfSatisfying(
                        RocksDBException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.Corruption));
    }

    @Test
    void shouldLeaveToRocksDbWhatIsNotThere() throws Exception {
        Files.delete(file);
        Manifest.check(directory);
        Files.writeString(directory.resolve("CURRENT"), "MANIFEST\0 of another kind\n");
        Manifest.check(directory);
    }

    private boolean passes() {
        try {
            Manifest.check(directory);
            return true;
        } catch (RocksDBException e) {
            return false;
        }
    }

    /** A copy, since the store writes a file of its own in its place. */
    private void assertThatCopyOpens(String what) throws IOException {
        Path copy = Files.createTempDirectory(data, "copy");
        try (Stream<Path> files = Files.list(directory)) {
            for (Path each : files.toList()) {
                Files.copy(each, copy.resolve(each.getFileName()));
            }
        }
        try (RocksDbStripeStore store = open(copy)) {
            assertThat(store.stats().writable()).as(what).isTrue();
        }
    }

    private RocksDbStripeStore open(Path directory) {
        StoreConfig config = new StoreConfig(directory, 16 << 20, 0, 2, 10_000, 100, 512 << 10, 4 << 20, 5_000);
        return RocksDbStripeStore.open(config, System::currentTimeMillis, PooledByteBufAllocator.DEFAULT);
    }
}
