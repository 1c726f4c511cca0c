package io.zonecache.client.internal.flight;

import java.util.Map;

/** What a client's requests hold, by name. */
public final class HeldByRequests {

    private HeldByRequests() {}

    public static Map<String, Long> of(ChunkRequests requests) {
        return Map.of("slots of reads", (long) requests.stats().inFlight(), "flights", (long) requests.flights.size());
    }
}
