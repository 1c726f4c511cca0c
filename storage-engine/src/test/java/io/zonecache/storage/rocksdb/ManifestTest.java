package io.zonecache.storage.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.PooledByteBufAllocator;
import io.zonecache.storage.FastDisk;
import io.zonecache.storage.RebuildRules;
import io.zonecache.storage.StoreConfig;
import io.zonecache.storage.TestStripes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
    void shouldPassWhatRocksDbWrote() throws Exception {
        assertThat(written.length).isGreaterThan(100);
        assertThat(Manifest.check(directory)).isTrue();
    }

    @Test
    void shouldPassNoFlippedBit() throws IOException {
        for (int bit = 0; bit < written.length * Byte.SIZE; bit++) {
            byte[] flipped = written.clone();
            flipped[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
            Files.write(file, flipped);
            assertThat(passes()).as("bit " + bit).isFalse();
        }
    }

    @Test
    void shouldPassWhatWasCutOffBetweenRecordsOnly() throws IOException {
        int passed = 0;
        for (int length = 0; length < written.length; length++) {
            Files.write(file, Arrays.copyOf(written, length));
            passed += passes() ? 1 : 0;
        }
        assertThat(passed).isBetween(1, written.length / 10);
        Files.write(file, Arrays.copyOf(written, written.length + 4096));
        assertThat(passes()).as("zeros at the end").isFalse();
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
    void shouldNotTakeADirectoryWithTablesForAnEmptyOne() throws IOException {
        Path current = directory.resolve("CURRENT");
        Files.writeString(current, "MANIFEST\0 of another kind\n");
        assertThat(passes()).as("CURRENT of another kind").isFalse();
        Files.writeString(current, "MANIFEST-999999\n");
        assertThat(passes()).as("no such manifest").isFalse();
        Files.delete(current);
        assertThat(passes()).as("no CURRENT").isFalse();
    }

    @Test
    void shouldTakeADirectoryWithoutTablesForAnEmptyOne() throws Exception {
        assertThat(Manifest.check(Files.createDirectory(data.resolve("new")))).isFalse();
    }

    private boolean passes() throws IOException {
        try {
            return Manifest.check(directory);
        } catch (RocksDBException e) {
            return false;
        }
    }

    private RocksDbStripeStore open(Path directory) {
        StoreConfig config = new StoreConfig(directory, 16 << 20, 0, 2, 10_000, 100, 512 << 10, 4 << 20, 5_000);
        return RocksDbStripeStore.open(
                config, System::currentTimeMillis, PooledByteBufAllocator.DEFAULT, RebuildRules.TAKE_ALL);
    }
}
