package io.zonecache.client.origin.s3;

import static io.zonecache.testkit.origin.OriginCalls.await;
import static io.zonecache.testkit.origin.OriginCalls.chunk;
import static io.zonecache.testkit.origin.OriginCalls.failure;
import static io.zonecache.testkit.origin.OriginCalls.fetch;
import static io.zonecache.testkit.origin.OriginCalls.store;
import static org.assertj.core.api.Assertions.assertThat;

import io.zonecache.client.origin.Origin;
import io.zonecache.client.origin.OriginLimits;
import io.zonecache.client.origin.s3.S3OriginOptions.StaticCredentials;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.ChunkKey;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Servers that close kept connections when they like. */
final class S3StaleConnectionTest {

    private static final ChunkKey KEY = ChunkKey.sha256Of(chunk(1, 10));

    private final ClosingServer server = new ClosingServer();
    private final Origin origin = new S3Origin(
            "bucket",
            "",
            S3OriginOptions.builder()
                    .endpoint(server.endpoint())
                    .credentials(new StaticCredentials("some-id", "some-secret", null))
                    .limits(OriginLimits.DEFAULT.withThreads(4))
                    .build());

    @AfterEach
    void close() {
        origin.close();
        server.close();
    }

    @Test
    void shouldReadAtTheFirstAttemptThoughEachConnectionIsClosedAfterItsAnswer() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(await(fetch(origin, KEY))).asString().isEqualTo("content");
        }
        assertThat(server.requests()).isEqualTo(20);
    }

    @Test
    void shouldStoreThoughEachConnectionIsClosedAfterItsAnswer() throws Exception {
        for (int i = 0; i < 20; i++) {
            store(origin, chunk(i, 300_000));
        }
        assertThat(server.requests()).isEqualTo(20);
    }

    @Test
    void shouldReadThoughEveryKeptConnectionIsClosed() throws Exception {
        server.holdAnswers(4);
        List<CompletableFuture<byte[]>> fetches = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            fetches.add(fetch(origin, KEY));
        }
        for (CompletableFuture<byte[]> fetch : fetches) {
            await(fetch);
        }
        assertThat(await(fetch(origin, KEY))).asString().isEqualTo("content");
        assertThat(server.requests()).isEqualTo(5);
    }

    @Test
    void shouldFailWhenANewConnectionIsClosedToo() throws Exception {
        await(fetch(origin, KEY));
        server.refuse();
        assertThat(failure(fetch(origin, KEY)).code()).isEqualTo(CacheErrorCode.ORIGIN_FAILED);
        assertThat(server.requests()).as("one over a new connection").isEqualTo(2);
    }
}
