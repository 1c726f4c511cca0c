package io.zonecache.server.admission;

import io.zonecache.model.limit.TokenBucket;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * A token bucket for each client, for requests that cost more than they bring when sent in numbers. Remembers the clients last seen;
 * one that was forgotten starts with a full bucket. Thread-safe.
 */
public final class ClientRates {

    private static final int MAX_CLIENTS = 4_096;

    private final double perSecond;
    private final double burst;
    private final LongSupplier nanoClock;
    private final Map<String, TokenBucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, TokenBucket> eldest) {
            return size() > MAX_CLIENTS;
        }
    };

    public ClientRates(double perSecond, double burst, LongSupplier nanoClock) {
        this.perSecond = perSecond;
        this.burst = burst;
        this.nanoClock = nanoClock;
    }

    /** Whether this client may ask once more now. */
    public synchronized boolean take(String client) {
        return buckets.computeIfAbsent(client, absent -> new TokenBucket(0, perSecond, burst, burst, nanoClock))
                .trySpend(1);
    }
}
