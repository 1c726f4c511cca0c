package io.zonecache.storage.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.zonecache.storage.FastDisk;
import io.zonecache.storage.RebuildRules;
import io.zonecache.storage.StoreConfig;
import io.zonecache.storage.TestStripes;
import io.zonecache.storage.rocksdb.RandomOperations.Kind;
import io.zonecache.storage.rocksdb.RandomOperations.Operation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A child process runs random operations and is killed at a random moment, again and again, on one directory. What is found afterwards
 * must be what a model knows, or have been true within what may be unflushed.
 */
@Tag("slow")
class KilledStoreTest {

    private static final int CYCLES = Integer.getInteger("zonecache.test.kills", 8);
    private static final long UNFLUSHED_BYTES = 2 << 20;
    private static final long UNFLUSHED_MILLIS = 500;

    /** What is flushed in time may take as long again on a busy machine. */
    private static final long LATE_MILLIS = 20 * UNFLUSHED_MILLIS;

    private static final int MAX_OPERATIONS_A_LIFE = 1_000;

    @TempDir(factory = FastDisk.class)
    Path data;

    /** Version by number of stripe. */
    private final Map<Integer, Integer> model = new HashMap<>();

    @Test
    void shouldLoseNothingButTheLastUnflushedWrites() throws IOException, InterruptedException {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Path temporary = data.resolve("tmp");
        long runningMillis = 0;
        for (int cycle = 0; cycle < CYCLES; cycle++) {
            long childSeed = random.nextLong();
            List<Long> doneMillis = runAndKill(childSeed, temporary, 1 + random.nextInt(MAX_OPERATIONS_A_LIFE));
            runningMillis = check(new Life(childSeed, doneMillis), runningMillis, "seed " + seed + ", cycle " + cycle);
        }
        try (Stream<Path> left = Files.list(temporary)) {
            assertThat(left).as("files outside the store").isEmpty();
        }
    }

    /** When the child had done each of its operations; it is killed after that many, or a few later. */
    private List<Long> runAndKill(long childSeed, Path temporary, int operations)
            throws IOException, InterruptedException {
        Process child = ChildJvm.of(
                        Child.class, temporary, data.resolve("store").toString(), Long.toString(childSeed))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        List<Long> doneMillis = new ArrayList<>();
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(child.getInputStream(), StandardCharsets.US_ASCII))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                doneMillis.add(Long.parseLong(line));
                if (doneMillis.size() == operations) {
                    // Not through the process itself, which would close its output: what it did before it was dead
                    // counts.
                    child.toHandle().destroyForcibly();
                }
            }
        } finally {
            child.destroyForcibly();
        }
        assertThat(child.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(doneMillis).as("the child did something").isNotEmpty();
        return doneMillis;
    }

    /** Brings the model up to date; returns the store's running time. */
    private long check(Life life, long runningMillisBefore, String what) {
        try (RocksDbStripeStore store = open(data.resolve("store"))) {
            assertThat(data.resolve("store.broken-1")).as(what).doesNotExist();
            for (int number = 0; number < RandomOperations.NUMBERS; number++) {
                Integer found = versionOf(store, number, life.versionsOf(number, model.get(number)), what);
                if (found == null) {
                    model.remove(number);
                } else {
                    model.put(number, found);
                }
            }
            for (int number : life.surelyReferenced()) {
                assertThat(store.lastReferenceMillis(TestStripes.key(number)))
                        .as("%s, last reference of %d", what, number)
                        .isGreaterThanOrEqualTo(runningMillisBefore);
            }
            assertThat(store.stats().corruptDropped()).as(what).isZero();
            return store.runningMillis();
        }
    }

    private static @Nullable Integer versionOf(
            RocksDbStripeStore store, int number, Set<@Nullable Integer> possible, String what) {
        ByteBuf found = store.read(TestStripes.key(number));
        if (found == null) {
            assertThat(possible).as("%s, stripe %d is gone", what, number).containsNull();
            return null;
        }
        byte[] bytes = ByteBufUtil.getBytes(found);
        found.release();
        for (Integer version : possible) {
            if (version != null
                    && Arrays.equals(
                            bytes,
                            RandomOperations.record(number, version).bytes().array())) {
                return version;
            }
        }
        throw new AssertionError(what + ", stripe " + number + " is none of versions " + possible);
    }

    private static RocksDbStripeStore open(Path directory) {
        StoreConfig config =
                new StoreConfig(directory, 64 << 20, 0, 2, 0, 100, 1 << 20, UNFLUSHED_BYTES, UNFLUSHED_MILLIS);
        return RocksDbStripeStore.open(
                config,
                () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
                PooledByteBufAllocator.DEFAULT,
                RebuildRules.TAKE_ALL);
    }

    /** What a child did before it was killed; one more operation may have been under way. */
    private static final class Life {

        private final List<Operation> operations = new ArrayList<>();
        /** Operations before this one are durable. */
        private final int durable;

        Life(long seed, List<Long> doneMillis) {
            RandomOperations random = new RandomOperations(seed);
            for (int i = 0; i <= doneMillis.size(); i++) {
                operations.add(random.next());
            }
            long bytesLater = 0;
            long lastMillis = doneMillis.get(doneMillis.size() - 1);
            int first = doneMillis.size();
            while (first > 0
                    && bytesLater <= UNFLUSHED_BYTES
                    && lastMillis - doneMillis.get(first - 1) <= LATE_MILLIS) {
                first--;
                bytesLater += operations.get(first).bytesPut();
            }
            durable = first;
        }

        /** Versions that may be found of a stripe, null for none. */
        Set<@Nullable Integer> versionsOf(int number, @Nullable Integer before) {
            Set<@Nullable Integer> versions = new HashSet<>();
            versions.add(before);
            for (int i = 0; i < operations.size(); i++) {
                Operation operation = operations.get(i);
                if (operation.number() == number && operation.kind() != Kind.LOOKUP) {
                    if (i < durable) {
                        versions.clear();
                    }
                    versions.add(operation.kind() == Kind.PUT ? operation.version() : null);
                }
            }
            return versions;
        }

        Set<Integer> surelyReferenced() {
            Set<Integer> numbers = new HashSet<>();
            for (Operation operation : operations.subList(0, durable)) {
                if (operation.kind() == Kind.LOOKUP) {
                    numbers.add(operation.number());
                }
            }
            return numbers;
        }
    }

    /** Runs operations as fast as the store takes them, and prints the time after each. */
    static final class Child {

        private Child() {}

        @SuppressWarnings("SystemOut")
        public static void main(String[] arguments) {
            RandomOperations operations = new RandomOperations(Long.parseLong(arguments[1]));
            try (RocksDbStripeStore store = open(Path.of(arguments[0]))) {
                for (int i = 0; i < 10 * MAX_OPERATIONS_A_LIFE; i++) {
                    operations.next().runOn(store);
                    System.out.println(TimeUnit.NANOSECONDS.toMillis(System.nanoTime()));
                }
                Runtime.getRuntime().halt(0);
            }
        }
    }
}
