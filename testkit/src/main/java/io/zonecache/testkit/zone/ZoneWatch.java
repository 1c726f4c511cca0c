package io.zonecache.testkit.zone;

import io.zonecache.model.NodeState;
import io.zonecache.model.Protocol;
import io.zonecache.model.ViewJson;
import io.zonecache.model.ZoneView;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Waits for a view, as one node publishes it. */
public final class ZoneWatch {

    /** How long the node may hold the question while nothing changes. */
    private static final int WAIT_SECONDS = 5;

    /** Between two attempts to reach a node that is not there yet. */
    private static final long RETRY_MILLIS = 100;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();

    /** Completes with the first view that fits. */
    public CompletableFuture<ZoneView> await(String address, Predicate<ZoneView> fits) {
        return ask(address, null)
                .thenCompose(answer -> answer == null || !fits.test(answer.view)
                        ? askAgain(address, fits, answer == null ? null : answer.etag)
                        : CompletableFuture.completedFuture(answer.view));
    }

    public static Predicate<ZoneView> allUp(int nodes) {
        return view -> view.nodes().stream()
                        .filter(node -> node.state() == NodeState.UP)
                        .count()
                == nodes;
    }

    private record Answer(ZoneView view, String etag) {}

    private CompletableFuture<ZoneView> askAgain(String address, Predicate<ZoneView> fits, @Nullable String etag) {
        return CompletableFuture.supplyAsync(
                        () -> etag, CompletableFuture.delayedExecutor(RETRY_MILLIS, TimeUnit.MILLISECONDS))
                .thenCompose(known -> ask(address, known))
                .thenCompose(answer -> answer == null || !fits.test(answer.view)
                        ? askAgain(address, fits, answer == null ? etag : answer.etag)
                        : CompletableFuture.completedFuture(answer.view));
    }

    /** Null if there is no answer, or nothing new in it. */
    private CompletableFuture<@Nullable Answer> ask(String address, @Nullable String etag) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + address + Protocol.VIEW_PATH))
                .timeout(Duration.ofSeconds(2 * WAIT_SECONDS));
        if (etag != null) {
            request.header("If-None-Match", etag).header("Prefer", "wait=" + WAIT_SECONDS);
        }
        return http.sendAsync(request.build(), HttpResponse.BodyHandlers.ofString())
                .handle((response, error) -> error != null || response.statusCode() != 200
                        ? null
                        : new Answer(
                                ViewJson.decode(response.body()).view(),
                                response.headers().firstValue("ETag").orElse("")));
    }
}
