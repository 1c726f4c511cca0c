package io.zonecache.server.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.zonecache.model.ChunkKey;
import io.zonecache.server.Stripes;
import io.zonecache.server.config.AccessLogConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccessLogTest {

    private static final long MIB = 1L << 20;

    @TempDir
    Path directory;

    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("access.log");
    }

    @Test
    void shouldWriteEachReferenceAsALineInOrder() throws Exception {
        try (AccessLog log = open(1, MIB)) {
            for (int seed : new int[] {1, 2, 1, 1}) {
                log.referenced(Stripes.key(seed));
            }
            assertThat(file).isEmptyFile();
            log.write();
            assertThat(log.written()).isEqualTo(4);
        }
        assertThat(Files.readAllLines(file)).containsExactly(hex(1), hex(2), hex(1), hex(1));
    }

    @Test
    void shouldWriteWhatHasComeWhenItIsClosed() throws Exception {
        AccessLog log = AccessLog.open(new AccessLogConfig(file, 1, MIB));
        log.referenced(Stripes.key(1));
        log.close();
        assertThat(Files.readAllLines(file)).containsExactly(hex(1));
    }

    @Test
    void shouldHoldAllReferencesOfAKeyOrNone() throws Exception {
        int sampled = 0;
        try (AccessLog log = open(0.25, MIB);
                AccessLog whole = open(1, MIB)) {
            for (int seed = 0; seed < 4_000; seed++) {
                ChunkKey key = new ChunkKey(0, 0, 0, seed);
                sampled += log.isSampled(key) ? 1 : 0;
                assertThat(whole.isSampled(key)).isTrue();
            }
            for (int seed = 0; seed < 100; seed++) {
                log.referenced(Stripes.key(seed % 10));
            }
            log.write();
            assertThat(log.written()).isLessThan(100);
        }
        assertThat(sampled).isBetween(850, 1_150);
        List<String> lines = Files.readAllLines(file);
        assertThat(lines)
                .allSatisfy(
                        line -> assertThat(lines.stream().filter(line::equals)).hasSize(10));
    }

    @Test
    void shouldStayWithinItsBoundAndKeepTheNewest() throws Exception {
        int references = 60_000;
        try (AccessLog log = open(1, MIB)) {
            for (int i = 0; i < references; i++) {
                log.referenced(new ChunkKey(0, 0, 0, i));
                if (i % 5_000 == 0) {
                    log.write();
                    assertThat(bytes()).isLessThanOrEqualTo(MIB);
                }
            }
        }
        assertThat(bytes()).isBetween(MIB / 2, MIB);
        List<String> lines = new ArrayList<>(Files.readAllLines(directory.resolve("access.log.1")));
        lines.addAll(Files.readAllLines(file));
        int first = references - lines.size();
        for (int i = 0; i < lines.size(); i++) {
            assertThat(lines.get(i)).isEqualTo(new ChunkKey(0, 0, 0, first + i).toHex());
        }
    }

    @Test
    void shouldFollowALinkAndLeaveItInItsPlace() throws Exception {
        Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
        Files.createSymbolicLink(file, elsewhere.resolve("keys"));
        try (AccessLog log = open(1, MIB)) {
            for (int i = 0; i < 10_000; i++) {
                log.referenced(new ChunkKey(0, 0, 0, i));
                if (i % 5_000 == 0) {
                    log.write();
                }
            }
        }
        assertThat(file).isSymbolicLink();
        assertThat(elsewhere.toFile().list()).containsExactlyInAnyOrder("keys", "keys.1");
    }

    @Test
    void shouldNotMoveWhatIsNoRegularFile() throws Exception {
        assertThat(new ProcessBuilder("mkfifo", file.toString()).start().waitFor())
                .isZero();
        CompletableFuture<Long> read = CompletableFuture.supplyAsync(() -> {
            try (Stream<String> lines = Files.lines(file)) {
                return lines.count();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try (AccessLog log = open(1, MIB)) {
            for (int i = 0; i < 20_000; i++) {
                log.referenced(new ChunkKey(0, 0, 0, i));
                if (i % 5_000 == 0) {
                    log.write();
                }
            }
        }
        assertThat(read.get(60, TimeUnit.SECONDS)).isEqualTo(20_000);
        assertThat(directory.toFile().list()).containsExactly("access.log");
    }

    @Test
    void shouldGoOnWithTheFileOfAnEarlierRunAndEndALineCutShort() throws Exception {
        Files.writeString(file, hex(1) + "\n" + hex(2).substring(0, 7));
        try (AccessLog log = open(1, MIB)) {
            log.referenced(Stripes.key(3));
        }
        assertThat(Files.readAllLines(file)).containsExactly(hex(1), hex(2).substring(0, 7), hex(3));
    }

    @Test
    void shouldDropAndCountWhatIsTooMuchAndNeverWait() throws Exception {
        try (AccessLog log = open(1, 4 * MIB)) {
            for (int i = 0; i < AccessLog.MAX_PENDING + 5; i++) {
                log.referenced(Stripes.key(1));
            }
            assertThat(log.dropped()).isEqualTo(5);
            log.write();
            assertThat(log.written()).isEqualTo(AccessLog.MAX_PENDING);
            log.referenced(Stripes.key(1));
            assertThat(log.dropped()).isEqualTo(5);
        }
    }

    @Test
    void shouldDropAndCountWhatTheDiskDoesNotTake() throws Exception {
        Path full = Path.of("/dev/full");
        AccessLogConfig config = new AccessLogConfig(full, 1, MIB);
        try (AccessLog log = AccessLog.withoutTimer(config, Executors.newSingleThreadScheduledExecutor())) {
            for (int round = 1; round <= 2; round++) {
                log.referenced(Stripes.key(1));
                log.write();
                assertThat(log.dropped()).isEqualTo(round);
            }
            assertThat(log.written()).isZero();
        }
    }

    @Test
    void shouldLoseNothingThatSeveralThreadsBring() throws Exception {
        AccessLog log = open(1, MIB);
        CompletableFuture<?>[] threads = new CompletableFuture<?>[4];
        for (int i = 0; i < threads.length; i++) {
            ChunkKey key = Stripes.key(i);
            threads[i] = CompletableFuture.runAsync(() -> {
                for (int reference = 0; reference < 1_000; reference++) {
                    log.referenced(key);
                }
            });
        }
        CompletableFuture.allOf(threads).join();
        log.close();
        List<String> lines = Files.readAllLines(file);
        assertThat(lines).hasSize(4_000);
        assertThat(lines).filteredOn(hex(0)::equals).hasSize(1_000);
    }

    @Test
    void shouldRefuseAFileThatCannotBeWritten() {
        AccessLogConfig config = new AccessLogConfig(directory.resolve("none").resolve("log"), 1, MIB);
        assertThatThrownBy(() -> AccessLog.open(config)).isInstanceOf(NoSuchFileException.class);
    }

    private AccessLog open(double share, long maxBytes) throws IOException {
        return AccessLog.withoutTimer(
                new AccessLogConfig(file, share, maxBytes), Executors.newSingleThreadScheduledExecutor());
    }

    private long bytes() throws IOException {
        Path older = directory.resolve("access.log.1");
        return Files.size(file) + (Files.exists(older) ? Files.size(older) : 0);
    }

    private static String hex(long seed) {
        return Stripes.key(seed).toHex();
    }
}
