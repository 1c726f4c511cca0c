package io.zonecache.client;

import io.zonecache.client.internal.memory.MemoryBudget;
import io.zonecache.model.HostAndPort;
import io.zonecache.model.KeyScheme;
import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A worker's configuration of its cache. Immutable. An invalid configuration cannot be constructed: the constructor reports all invalid values at
 * once.
 *
 * @param nodes addresses from which the client learns the zone, {@code host:port}; a few suffice
 * @param zone name of the only zone to accept; null accepts the zone that the nodes belong to
 * @param keyScheme key scheme to assume until a node has sent the zone's settings, which take precedence; null if unknown
 * @param originReserve the zone's origin reserve to assume until then, in concurrent fetches of all of its clients; null if unknown
 * @param expectedClients number of clients that share the reserve, to assume until then; null if unknown
 * @param verification what is verified of each chunk
 * @param overRequest how many of a chunk's nodes are asked at once
 * @param readDeadline default deadline of a read
 * @param stripeAttempt how long one node may be silent while a request to it is in flight
 * @param connectTimeout timeout of one connection attempt
 * @param connectionsPerNode maximum number of connections to a node for stripes
 * @param memoryBytes bound of all bytes in flight (chunks received from nodes or the origin, stripes being sent) and of the local cache
 *     together. At least what one read and one fill of a chunk of {@code fill.maxChunkBytes} take
 * @param localCacheBytes maximum size of the local cache, which shrinks while bytes in flight need the memory; 0 disables it
 * @param eventLoops number of threads for network I/O, checksums and decoding
 * @param maxReads maximum number of reads in flight, waiting ones included; further reads fail with {@code BUSY}
 * @param maxZoneReads maximum number of these that ask nodes at the same time, memory permitting
 * @param retryRatio number of zone retries that each hit adds to the retry budget
 * @param fill limits of fills after a miss
 */
public record ClientConfig(
        List<String> nodes,
        @Nullable String zone,
        @Nullable KeyScheme keyScheme,
        @Nullable Integer originReserve,
        @Nullable Integer expectedClients,
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

    private static final long MAX_MEMORY_BYTES = 1L << 40;
    private static final int MAX_COUNT = 1_000_000;

    /**
     * Copies the list of nodes.
     *
     * @throws IllegalArgumentException naming every value that is wrong, with what was expected
     */
    public ClientConfig {
        List<String> errors = new ArrayList<>();
        require(errors, "nodes", nodes);
        require(errors, "verification", verification);
        require(errors, "overRequest", overRequest);
        require(errors, "fill", fill);
        if (nodes != null) {
            checkNodes(errors, nodes);
        }
        if (zone != null && zone.isEmpty()) {
            errors.add("zone: empty (expected: a name)");
        }
        checkIfKnown(errors, "originReserve", originReserve, 0);
        checkIfKnown(errors, "expectedClients", expectedClients, 1);
        check(errors, "readDeadline", readDeadline, Duration.ofMillis(1), Duration.ofMinutes(10));
        check(errors, "stripeAttempt", stripeAttempt, Duration.ofMillis(1), Duration.ofMinutes(1));
        check(errors, "connectTimeout", connectTimeout, Duration.ofMillis(1), Duration.ofMinutes(1));
        ConfigChecks.range(errors, "connectionsPerNode", connectionsPerNode, 1, 1_024);
        ConfigChecks.range(errors, "localCacheBytes", localCacheBytes, 0, memoryBytes);
        ConfigChecks.range(errors, "eventLoops", eventLoops, 1, 256);
        ConfigChecks.range(errors, "maxReads", maxReads, 1, MAX_COUNT);
        ConfigChecks.range(errors, "maxZoneReads", maxZoneReads, 1, maxReads);
        ConfigChecks.ratio(errors, "retryRatio", retryRatio);
        if (fill != null) {
            checkMemory(errors, memoryBytes, fill);
        }
        if (!errors.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", errors));
        }
        nodes = List.copyOf(nodes);
    }

    /** A builder with the defaults; the nodes have no default. */
    public static Builder builder() {
        return new Builder();
    }

    private static void checkNodes(List<String> errors, List<String> nodes) {
        if (nodes.isEmpty()) {
            errors.add("nodes: none (expected: at least one host:port)");
        }
        for (String node : nodes) {
            if (node == null) {
                errors.add("nodes: null (expected: host:port)");
                continue;
            }
            try {
                HostAndPort.parse(node);
            } catch (IllegalArgumentException e) {
                errors.add("nodes: " + e.getMessage());
            }
        }
    }

    private static void checkMemory(List<String> errors, long memoryBytes, FillConfig fill) {
        long minBytes = MemoryBudget.minBytes(fill.maxChunkBytes());
        if (memoryBytes < minBytes || memoryBytes > MAX_MEMORY_BYTES) {
            errors.add("memoryBytes: " + memoryBytes + " (expected: " + minBytes + ".." + MAX_MEMORY_BYTES
                    + ", a read and a fill of one chunk of fill.maxChunkBytes)");
        }
    }

    private static void require(List<String> errors, String key, @Nullable Object value) {
        if (value == null) {
            errors.add(key + ": null (expected: a value)");
        }
    }

    private static void checkIfKnown(List<String> errors, String key, @Nullable Integer value, int min) {
        if (value != null) {
            ConfigChecks.range(errors, key, value, min, MAX_COUNT);
        }
    }

    private static void check(List<String> errors, String key, @Nullable Duration value, Duration min, Duration max) {
        if (value == null || value.compareTo(min) < 0 || value.compareTo(max) > 0) {
            String found = value == null ? "null" : millis(value) + " ms";
            errors.add(key + ": " + found + " (expected: " + min.toMillis() + ".." + max.toMillis() + " ms)");
        }
    }

    /** Milliseconds of any duration, even one that exceeds a long. */
    private static BigInteger millis(Duration value) {
        return BigInteger.valueOf(value.getSeconds())
                .multiply(BigInteger.valueOf(1_000))
                .add(BigInteger.valueOf(value.getNano() / 1_000_000));
    }

    /** Builds a {@link ClientConfig}, from the defaults that docs/operations.md lists. Each setter returns the builder. Not thread-safe. */
    public static final class Builder {

        private static final int MAX_DEFAULT_EVENT_LOOPS = 8;

        private List<String> nodes = List.of();
        private @Nullable String zone;
        private @Nullable KeyScheme keyScheme;
        private @Nullable Integer originReserve;
        private @Nullable Integer expectedClients;
        private Verification verification = Verification.FULL;
        private OverRequestPolicy overRequest = OverRequestPolicy.ALL;
        private Duration readDeadline = Duration.ofSeconds(5);
        private Duration stripeAttempt = Duration.ofSeconds(1);
        private Duration connectTimeout = Duration.ofMillis(250);
        private int connectionsPerNode = 8;
        private long memoryBytes = 256L << 20;
        private long localCacheBytes = 64L << 20;
        private int eventLoops = defaultEventLoops(Runtime.getRuntime().availableProcessors());
        private int maxReads = 10_000;
        private int maxZoneReads = 64;
        private double retryRatio = 0.1;
        private FillConfig fill = FillConfig.defaults();

        private Builder() {}

        /**
         * A read uses the event loops of all of its nodes: each further loop costs it wake-ups, and pays off only if one core can't carry the
         * network traffic.
         */
        static int defaultEventLoops(int processors) {
            return Math.max(1, Math.min(MAX_DEFAULT_EVENT_LOOPS, processors / 2));
        }

        /** Addresses to learn the zone from, {@code host:port}; a few suffice, one is required. */
        public Builder nodes(List<String> addresses) {
            this.nodes = addresses;
            return this;
        }

        /** Name of the only zone to accept; null accepts the zone that the nodes belong to. */
        public Builder zone(@Nullable String name) {
            this.zone = name;
            return this;
        }

        /** Key scheme to assume until a node reports the zone's; null if unknown. */
        public Builder keyScheme(@Nullable KeyScheme value) {
            this.keyScheme = value;
            return this;
        }

        /** Origin reserve to assume until a node reports the zone's, 0 to 1,000,000; null if unknown. */
        public Builder originReserve(@Nullable Integer value) {
            this.originReserve = value;
            return this;
        }

        /** Number of clients to assume that share the reserve, until a node reports it, 1 to 1,000,000; null if unknown. */
        public Builder expectedClients(@Nullable Integer value) {
            this.expectedClients = value;
            return this;
        }

        /** What is verified of each chunk. */
        public Builder verification(Verification value) {
            this.verification = value;
            return this;
        }

        /** How many of a chunk's nodes are asked at once. */
        public Builder overRequest(OverRequestPolicy value) {
            this.overRequest = value;
            return this;
        }

        /** Default deadline of a read, 1 ms to 10 min. */
        public Builder readDeadline(Duration value) {
            this.readDeadline = value;
            return this;
        }

        /** How long one node may be silent: before it answers, and within its answer; 1 ms to 1 min. */
        public Builder stripeAttempt(Duration value) {
            this.stripeAttempt = value;
            return this;
        }

        /** How long connecting to a node may take, 1 ms to 1 min. */
        public Builder connectTimeout(Duration value) {
            this.connectTimeout = value;
            return this;
        }

        /** Maximum number of connections to a node for stripes, 1 to 1,024. */
        public Builder connectionsPerNode(int value) {
            this.connectionsPerNode = value;
            return this;
        }

        /** Bound of all bytes in flight and of the local cache together. */
        public Builder memoryBytes(long value) {
            this.memoryBytes = value;
            return this;
        }

        /** Maximum size of the local cache in bytes, at most {@code memoryBytes}; 0 disables it. */
        public Builder localCacheBytes(long value) {
            this.localCacheBytes = value;
            return this;
        }

        /** Threads for network I/O, checksums and decoding, 1 to 256. By default one for every two processors, 1 to 8. */
        public Builder eventLoops(int value) {
            this.eventLoops = value;
            return this;
        }

        /** Maximum number of reads in flight, 1 to 1,000,000; further reads are rejected. */
        public Builder maxReads(int value) {
            this.maxReads = value;
            return this;
        }

        /** How many of them ask nodes at the same time, 1 to {@code maxReads}. */
        public Builder maxZoneReads(int value) {
            this.maxZoneReads = value;
            return this;
        }

        /** Number of zone retries that each hit adds to the retry budget, 0 to 1. */
        public Builder retryRatio(double value) {
            this.retryRatio = value;
            return this;
        }

        /** Limits of fills after a miss. */
        public Builder fill(FillConfig value) {
            this.fill = value;
            return this;
        }

        /**
         * Builds the configuration.
         *
         * @throws IllegalArgumentException naming every value that is wrong, with what was expected
         */
        public ClientConfig build() {
            return new ClientConfig(
                    nodes,
                    zone,
                    keyScheme,
                    originReserve,
                    expectedClients,
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
        }
    }
}
