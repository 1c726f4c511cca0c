package io.zonecache.client.internal.view;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where to get views from, and how often.
 *
 * @param seeds addresses to start from, {@code host:port}
 * @param zone the only zone whose views count; null takes the first one seen
 * @param waitMillis how long a node may hold a request while nothing changes
 * @param pollMillis pause after failures, and between answers of a node that does not hold requests
 * @param jitterMillis maximum added to every pause, so that a fleet does not ask at once
 * @param timeoutMillis of a request that does not wait
 */
public record ViewOptions(
        List<String> seeds,
        @Nullable String zone,
        long waitMillis,
        long pollMillis,
        long jitterMillis,
        long timeoutMillis) {

    public ViewOptions {
        seeds = List.copyOf(seeds);
    }

    public static ViewOptions defaults(List<String> seeds, @Nullable String zone) {
        return new ViewOptions(seeds, zone, 30_000, 5_000, 1_000, 1_000);
    }
}
