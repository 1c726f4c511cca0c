package io.zonecache.client;

import io.zonecache.client.internal.memory.MemoryBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How a worker uses its zone. {@link Builder#build} checks everything at once.
 *
 * @param nodes addresses to learn the zone from, {@code host:port}; a few suffice
 * @param zone refuse any other zone; null takes the one that the nodes are of
 * @param verification what is checked of each chunk
 * @param overRequest how many of a chunk's nodes are asked at once
 * @param readDeadline of reads that bring none of their own
 * @param stripeAttempt how long one node may take to answer
 * @param connectTimeout of one connection
 * @param connectionsPerNode for stripes
 * @param memoryBytes bound of all bytes in flight, which the local cache shares: chunks that come in, from nodes or the origin, and stripes
 *     that go out. At least what a read and a fill of one chunk of {@code fill.maxChunkBytes} take
 * @param localCacheBytes chunks kept in the worker's memory, as far as bytes in flight leave room; 0 turns that off
 * @param eventLoops threads that do network input and output, checksums and decoding
 * @param maxReads reads under way at once, waiting ones included; more are refused with {@code BUSY}
 * @param maxZoneReads of which so many ask nodes at once, if there is memory for what comes in
 * @param retryRatio zone retries earned by each hit
 * @param fill limits of what follows a miss
 */
public record ClientConfig(
        List<String> nodes,
        @Nullable String zone,
        Verification verification,
        OverRequestPolicy overRequest,
        Duration readDeadline,
        Duration stripeAttempt,
        Duration connectTimeout,
        int connectionsPerNode,
        long memoryBytes,
        long localCacheBytes,
        int eventLoops,
        int maxReads,
        int maxZoneReads,
        double retryRatio,
        FillConfig fill) {

    private static final Pattern ADDRESS = Pattern.compile("(\\[[0-9a-fA-F:.%]+]|[^:\\s\\[\\]]+):(\\d{1,5})");
    private static final int MAX_PORT = 65_535;
    private static final long MAX_MEMORY_BYTES = 1L << 40;

    public ClientConfig {
        nodes = List.copyOf(nodes);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** What is wrong, each with key, value and what was expected; empty if nothing is. */
    public List<String> validate() {
        List<String> errors = new ArrayList<>();
        if (nodes.isEmpty()) {
            errors.add("nodes: none (expected: at least one host:port)");
        }
        for (String node : nodes) {
            var address = ADDRESS.matcher(node);
            if (!address.matches()
                    || Integer.parseInt(address.group(2)) < 1
                    || Integer.parseInt(address.group(2)) > MAX_PORT) {
                errors.add("nodes: \"" + node + "\" (expected: host:port)");
            }
        }
        if (zone != null && zone.isEmpty()) {
            errors.add("zone: empty (expected: a name)");
        }
        check(errors, "readDeadline", readDeadline, Duration.ofMillis(1), Duration.ofMinutes(10));
        check(errors, "stripeAttempt", stripeAttempt, Duration.ofMillis(1), Duration.ofMinutes(1));
        check(errors, "connectTimeout", connectTimeout, Duration.ofMillis(1), Duration.ofMinutes(1));
        check(errors, "connectionsPerNode", connectionsPerNode, 1, 1_024);
        long minBytes = MemoryBudget.minBytes(fill.maxChunkBytes());
        if (memoryBytes < minBytes || memoryBytes > MAX_MEMORY_BYTES) {
            errors.add("memoryBytes: " + memoryBytes + " (expected: " + minBytes + ".." + MAX_MEMORY_BYTES
                    + ", a read and a fill of one chunk of fill.maxChunkBytes)");
        }
        check(errors, "localCacheBytes", localCacheBytes, 0, memoryBytes);
        check(errors, "eventLoops", eventLoops, 1, 256);
        check(errors, "maxReads", maxReads, 1, 1_000_000);
        check(errors, "maxZoneReads", maxZoneReads, 1, maxReads);
        if (!(retryRatio >= 0 && retryRatio <= 1)) {
            errors.add("retryRatio: " + retryRatio + " (expected: 0..1)");
        }
        fill.validate().forEach(error -> errors.add("fill." + error));
        return errors;
    }

    private static void check(List<String> errors, String key, Duration value, Duration min, Duration max) {
        if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            errors.add(key + ": " + value.toMillis() + " ms (expected: " + min.toMillis() + ".." + max.toMillis()
                    + " ms)");
        }
    }

    private static void check(List<String> errors, String key, long value, long min, long max) {
        if (value < min || value > max) {
            errors.add(key + ": " + value + " (expected: " + min + ".." + max + ")");
        }
    }

    /** Starts from the defaults. */
    public static final class Builder {

        private static final int MAX_DEFAULT_EVENT_LOOPS = 8;

        private List<String> nodes = List.of();
        private @Nullable String zone;
        private Verification verification = Verification.FULL;
        private OverRequestPolicy overRequest = OverRequestPolicy.ALL;
        private Duration readDeadline = Duration.ofSeconds(5);
        private Duration stripeAttempt = Duration.ofSeconds(1);
        private Duration connectTimeout = Duration.ofMillis(250);
        private int connectionsPerNode = 8;
        private long memoryBytes = 256L << 20;
        private long localCacheBytes = 64L << 20;
        private int eventLoops =
                Math.min(MAX_DEFAULT_EVENT_LOOPS, Runtime.getRuntime().availableProcessors());
        private int maxReads = 10_000;
        private int maxZoneReads = 64;
        private double retryRatio = 0.1;
        private FillConfig fill = FillConfig.defaults();

        private Builder() {}

        public Builder nodes(List<String> addresses) {
            this.nodes = addresses;
            return this;
        }

        public Builder zone(@Nullable String name) {
            this.zone = name;
            return this;
        }

        public Builder verification(Verification value) {
            this.verification = value;
            return this;
        }

        public Builder overRequest(OverRequestPolicy value) {
            this.overRequest = value;
            return this;
        }

        public Builder readDeadline(Duration value) {
            this.readDeadline = value;
            return this;
        }

        public Builder stripeAttempt(Duration value) {
            this.stripeAttempt = value;
            return this;
        }

        public Builder connectTimeout(Duration value) {
            this.connectTimeout = value;
            return this;
        }

        public Builder connectionsPerNode(int value) {
            this.connectionsPerNode = value;
            return this;
        }

        public Builder memoryBytes(long value) {
            this.memoryBytes = value;
            return this;
        }

        public Builder localCacheBytes(long value) {
            this.localCacheBytes = value;
            return this;
        }

        public Builder eventLoops(int value) {
            this.eventLoops = value;
            return this;
        }

        public Builder maxReads(int value) {
            this.maxReads = value;
            return this;
        }

        public Builder maxZoneReads(int value) {
            this.maxZoneReads = value;
            return this;
        }

        public Builder retryRatio(double value) {
            this.retryRatio = value;
            return this;
        }

        public Builder fill(FillConfig value) {
            this.fill = value;
            return this;
        }

        /** @throws IllegalArgumentException naming every value that is wrong */
        public ClientConfig build() {
            ClientConfig config = new ClientConfig(
                    nodes,
                    zone,
                    verification,
                    overRequest,
                    readDeadline,
                    stripeAttempt,
                    connectTimeout,
                    connectionsPerNode,
                    memoryBytes,
                    localCacheBytes,
                    eventLoops,
                    maxReads,
                    maxZoneReads,
                    retryRatio,
                    fill);
            List<String> errors = config.validate();
            if (!errors.isEmpty()) {
                throw new IllegalArgumentException(String.join("; ", errors));
            }
            return config;
        }
    }
}
