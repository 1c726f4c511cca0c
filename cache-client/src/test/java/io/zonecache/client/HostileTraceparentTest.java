package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.zonecache.model.ChunkKey;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tracers that hand over what no header can carry. */
final class HostileTraceparentTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    /** As many reads as a cache may have under way, and some: each that keeps anything is noticed. */
    private static final int READS = 80;

    @TempDir
    static Path directory;

    private static TestZone zone;

    private final byte[] chunk = TestZone.chunk(1, 10_000);
    private final ChunkKey key = ChunkKey.sha256Of(chunk);

    @BeforeAll
    static void startZone() {
        zone = TestZone.start(directory, 3, "2-of-3");
    }

    @AfterAll
    static void stopZone() {
        zone.close();
    }

    @Test
    void shouldReadOnWithoutATraceparentThatIsNone() {
        for (String none : new String[] {
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\nX: y", "\u00e4\u4e00", "", "00-1-2-3"
        }) {
            ReadTracer.Span span = new ReadTracer.Span() {
                @Override
                public String traceparent() {
                    return none;
                }

                @Override
                public void end(ReadOutcome outcome) {}
            };
            assertServes(builder().tracer(read -> span));
        }
    }

    private void assertServes(ZoneCache.Builder builder) {
        zone.fill(chunk);
        try (ZoneCache cache = builder.build()) {
            for (int round = 0; round < READS / 8; round++) {
                List<CompletableFuture<Chunk>> reads = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    reads.add(cache.get(key, LONG));
                    reads.add(cache.get(new ChunkKey(round, i, 0, 0), LONG));
                }
                for (int i = 0; i < reads.size(); i++) {
                    assertThat(reads.get(i).handle((read, failure) -> failure != null))
                            .succeedsWithin(LONG)
                            .isEqualTo(i % 2 == 1);
                }
            }
            assertThat(cache.get(key, LONG).join().toBytes()).isEqualTo(chunk);
            assertThat(cache.stats().reads().inFlight()).isZero();
            await().atMost(LONG).until(() -> cache.stats().memory().inFlightBytes() == 0);
        }
    }

    private ZoneCache.Builder builder() {
        return ZoneCache.builder()
                .config(ClientConfig.builder()
                        .nodes(zone.addresses())
                        .maxReads(8)
                        .maxZoneReads(8)
                        .localCacheBytes(0)
                        .build());
    }
}
