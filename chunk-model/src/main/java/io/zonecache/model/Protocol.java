package io.zonecache.model;

/** Names of the data plane that both ends must spell alike; docs/formats.md describes each. */
public final class Protocol {

    public static final String CHUNKS_PATH = "/v1/chunks/";
    public static final String STRIPES = "stripes";
    public static final String LEASE = "lease";
    public static final String VIEW_PATH = "/v1/view";
    public static final String PURGES_PATH = "/v1/purges";

    public static final String STRIPES_MEDIA_TYPE = "application/vnd.zonecache.stripes";
    public static final String JSON_MEDIA_TYPE = "application/json";
    public static final String PROBLEM_MEDIA_TYPE = "application/problem+json";

    public static final String DEADLINE_HEADER = "Zonecache-Deadline-Millis";
    public static final String EPOCH_HEADER = "Zonecache-Epoch";
    public static final String RANK_HEADER = "Zonecache-Rank";
    public static final String LEASE_HEADER = "Zonecache-Lease";
    public static final String WANTED_HEADER = "Zonecache-Wanted";
    public static final String PURGES_HEADER = "Zonecache-Purges";

    /** Ranks are 0..127; an overloaded node sheds the highest first. */
    public static final int RANKS = 128;

    /** Of requests that an overloaded node is to shed before all others. */
    public static final int LOWEST_PRIORITY_RANK = RANKS - 1;

    public static final int DEFAULT_DATA_PORT = 7400;
    public static final int DEFAULT_ADMIN_PORT = 7401;
    public static final int DEFAULT_CLUSTER_PORT = 5701;

    private Protocol() {}

    /** {@code /v1/chunks/{key}/stripes}. */
    public static String stripesPath(ChunkKey key) {
        return CHUNKS_PATH + key.toHex() + '/' + STRIPES;
    }

    /** {@code /v1/chunks/{key}/lease}. */
    public static String leasePath(ChunkKey key) {
        return CHUNKS_PATH + key.toHex() + '/' + LEASE;
    }
}
