package io.zonecache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.zonecache.client.internal.CompletionExecutor;
import io.zonecache.client.internal.observe.Observers;
import io.zonecache.client.internal.time.CacheThread;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Builds that fail; there is no zone. */
final class ClientBuildTest {

    private static final ClientConfig CONFIG =
            ClientConfig.builder().nodes(List.of("127.0.0.1:1")).build();

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    @Test
    void shouldRefuseToBuildOnAnEventLoop() throws Exception {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        vertx.runOnContext(start -> failure.complete(failureOf(this::build)));
        assertRefused(failure);
    }

    @Test
    void shouldRefuseToBuildOnAThreadOfACache() throws Exception {
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        new CacheThread(() -> failure.complete(failureOf(this::build)), "zonecache-test").start();
        assertRefused(failure);
    }

    @Test
    @SuppressWarnings("NullAway") // something that fails late
    void shouldLeaveNoThreadOfABuildThatFails() {
        Set<Thread> before = threads();
        Observers none = null;
        assertThatThrownBy(() ->
                        new ClientParts(CONFIG, null, none, new CompletionExecutor(null), ClientPlatform.start(CONFIG)))
                .isInstanceOf(NullPointerException.class);
        await().atMost(60, TimeUnit.SECONDS).until(() -> before.containsAll(threads()));
    }

    private ZoneCache build() {
        return ZoneCache.builder().config(CONFIG).build();
    }

    private static void assertRefused(CompletableFuture<Throwable> failure) throws Exception {
        assertThat(failure.get(60, TimeUnit.SECONDS))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("(expected: one that may block)");
    }

    private static Throwable failureOf(Callable<ZoneCache> build) {
        try (ZoneCache cache = build.call()) {
            return new AssertionError("built, with view " + cache.view());
        } catch (Throwable e) {
            return e;
        }
    }

    /** Of caches, and of Vert.x, which ends some of its own later. */
    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("zonecache-")
                        || thread.getName().startsWith("vert.x-"))
                .collect(Collectors.toSet());
    }
}
