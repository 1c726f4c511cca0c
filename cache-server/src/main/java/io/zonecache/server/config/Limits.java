package io.zonecache.server.config;

/** The bounds within which a node works; beyond one it answers at once and stays up. */
public record Limits(
        int maxConnections,
        int maxRequests,
        long maxBytesInFlight,
        long queueAgeMillis,
        long idleTimeoutMillis,
        long bodyStallMillis,
        long drainGraceMillis) {

    /**
     * Connections to the data plane that may be open beyond the maximum for a moment: told that the node is busy, or about to be closed.
     */
    public static final int MAX_SURPLUS_CONNECTIONS = 256;

    /** Connections to the admin port, of which 32 may be streams of events; the rest is for probes and scrapes. */
    public static final int MAX_ADMIN_CONNECTIONS = 128;

    /** A record of the largest chunk under 1-of-1, and some room for more than one. */
    public static final int MAX_BODY_BYTES = 20 * 1024 * 1024;

    /** All headers of a request; twice what any proxy in use adds. */
    public static final int MAX_HEADER_BYTES = 8 * 1024;

    /** The longest path is that of a lease, under 200 characters. */
    public static final int MAX_REQUEST_LINE_BYTES = 4 * 1024;

    /** A view wait longer than this would meet idle timeouts between the ends. */
    public static final int MAX_VIEW_WAIT_SECONDS = 30;

    /** 5 MB of heap; a purge list beyond this belongs in a new zone. */
    public static final int MAX_PURGED_KEYS = 50_000;
}
