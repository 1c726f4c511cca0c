package io.zonecache.storage.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.zonecache.storage.FastDisk;
import io.zonecache.storage.RebuildRules;
import io.zonecache.storage.StoreConfig;
import io.zonecache.storage.StoreStats;
import io.zonecache.storage.TestStripes;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever happens to a file: never a wrong byte, a store that works, and nothing lost but what was in that file's payload. */
class CorruptionTest {

    private static final int STRIPES = 200;
    private static final int PAYLOAD_BYTES = 4096;
    private static final int ROUNDS = Integer.getInteger("zonecache.test.damageRounds", 4);

    @TempDir(factory = FastDisk.class)
    Path data;

    private Path directory;

    @BeforeEach
    void fill() {
        directory = data.resolve("store");
        try (RocksDbStripeStore store = open()) {
            for (int i = 0; i < STRIPES; i++) {
                TestStripes.put(store, i, PAYLOAD_BYTES);
                if (i % 60 == 0) {
                    store.maintain();
                }
            }
        }
    }

    enum Damage {
        FLIP_BIT,
        ZERO_BLOCK,
        TRUNCATE,
        DELETE
    }

    /** What RocksDB keeps in a directory. */
    enum Kind {
        PAYLOAD("[0-9]+\\.sst"),
        INDEX("[0-9]+\\.sst"),
        MANIFEST("MANIFEST-.*"),
        CURRENT("CURRENT"),
        OPTIONS("OPTIONS-.*"),
        IDENTITY("IDENTITY");

        private final String pattern;

        Kind(String pattern) {
            this.pattern = pattern;
        }

        boolean matches(Path file) {
            if (!file.getFileName().toString().matches(pattern)) {
                return false;
            }
            return this == PAYLOAD ? TableDamage.isOfSegment(file) : this != INDEX || !TableDamage.isOfSegment(file);
        }
    }

    static Stream<Arguments> damages() {
        return Arrays.stream(Kind.values())
                .flatMap(kind -> Arrays.stream(Damage.values()).map(damage -> Arguments.of(kind, damage)));
    }

    @ParameterizedTest
    @MethodSource("damages")
    void shouldNeverGiveAWrongByteWhateverIsDamaged(Kind kind, Damage damage) throws IOException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < ROUNDS; round++) {
            List<Path> files = files().stream().filter(kind::matches).toList();
            Path file = files.get(random.nextInt(files.size()));
            int inFile = (int) file.toFile().length() / PAYLOAD_BYTES + 1;
            inflict(damage, file, random);
            try (RocksDbStripeStore store = open()) {
                String what = "seed " + seed + ", round " + round + ", " + damage + " of " + file.getFileName();
                store.maintain();
                int held = readAll(store, what);
                StoreStats stats = store.stats();
                assertThat(stats.stripes()).as(what).isEqualTo(held);
                assertThat(held).as(what).isGreaterThanOrEqualTo(kind == Kind.PAYLOAD ? STRIPES - inFile : STRIPES);
                // A table is given up as a whole if RocksDB's own blocks in it are damaged.
                if (Files.exists(file) && damage != Damage.TRUNCATE) {
                    assertThat(held + stats.corruptDropped())
                            .as("%s: held, or dropped and counted", what)
                            .isGreaterThanOrEqualTo(STRIPES);
                }
                for (int i = 0; i < STRIPES; i++) {
                    TestStripes.put(store, i, PAYLOAD_BYTES);
                }
                assertThat(readAll(store, what + ", refilled")).isEqualTo(STRIPES);
            }
        }
    }

    @Test
    void shouldDropAndCountAStripeWhosePayloadIsDamagedAndKeepTheOthers() throws IOException {
        Path payload = files().stream()
                .filter(file ->
                        file.toString().endsWith(".sst") && file.toFile().length() > 100_000)
                .findFirst()
                .orElseThrow();
        try (RandomAccessFile file = new RandomAccessFile(payload.toFile(), "rw")) {
            file.seek(50_000);
            int before = file.read();
            file.seek(50_000);
            file.write(before ^ 0x10);
        }
        try (RocksDbStripeStore store = open()) {
            assertThat(store.stats().stripes()).isEqualTo(STRIPES);
            assertThat(readAll(store, "one flipped bit")).isEqualTo(STRIPES - 1);
            assertThat(store.stats().corruptDropped()).isEqualTo(1);
        }
    }

    @Test
    void shouldDropOnAReportOnlyWhatIsBad() throws IOException {
        Path payload = files().stream()
                .filter(file ->
                        file.toString().endsWith(".sst") && file.toFile().length() > 100_000)
                .findFirst()
                .orElseThrow();
        try (RandomAccessFile file = new RandomAccessFile(payload.toFile(), "rw")) {
            file.seek(50_000);
            file.write(new byte[8]);
        }
        try (RocksDbStripeStore store = open()) {
            int dropped = 0;
            for (int i = 0; i < STRIPES; i++) {
                dropped += store.dropIfCorrupt(TestStripes.key(i)) ? 1 : 0;
            }
            assertThat(dropped).isEqualTo(1);
            assertThat(store.stats().stripes()).isEqualTo(STRIPES - 1);
        }
    }

    private static int readAll(RocksDbStripeStore store, String what) {
        int held = 0;
        for (int i = 0; i < STRIPES; i++) {
            ByteBuf found = store.read(TestStripes.key(i));
            if (found != null) {
                byte[] bytes = ByteBufUtil.getBytes(found);
                found.release();
                assertThat(bytes)
                        .as("stripe %d, seed %s", i, what)
                        .isEqualTo(TestStripes.record(i, PAYLOAD_BYTES).bytes().array());
                held++;
            }
        }
        return held;
    }

    private RocksDbStripeStore open() {
        StoreConfig config = new StoreConfig(directory, 16 << 20, 0, 2, 10_000, 100, 512 << 10, 4 << 20, 5_000);
        return RocksDbStripeStore.open(
                config, System::currentTimeMillis, PooledByteBufAllocator.DEFAULT, RebuildRules.TAKE_ALL);
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toFile().length() > 0)
                    .sorted()
                    .toList();
        }
    }

    private static void inflict(Damage damage, Path path, Random random) throws IOException {
        if (damage == Damage.DELETE) {
            Files.delete(path);
            return;
        }
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "rw")) {
            long at = (long) (random.nextDouble() * file.length());
            if (damage == Damage.TRUNCATE) {
                file.setLength(at);
                return;
            }
            file.seek(at);
            int before = file.read();
            file.seek(at);
            if (damage == Damage.FLIP_BIT) {
                file.write(before ^ 1 << random.nextInt(8));
            } else {
                file.write(new byte[(int) Math.min(512, file.length() - at)]);
            }
        }
    }
}
