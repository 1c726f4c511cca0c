package io.zonecache.server.http;

import io.vertx.core.Vertx;
import io.zonecache.server.config.Limits;
import io.zonecache.server.metrics.RequestMetrics;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What every exchange of a node needs.
 *
 * @param epoch the epoch of the newest view, as a header's text
 * @param purges the newest purge token, as a header's text
 * @param missDetail what a miss says
 */
public record Serving(
        Vertx vertx,
        Limits limits,
        RequestMetrics metrics,
        Supplier<CharSequence> epoch,
        Supplier<String> purges,
        String missDetail,
        LongSupplier nanoClock) {

    CharSequence epochText() {
        return epoch.get();
    }

    CharSequence purgesText() {
        return purges.get();
    }
}
