package io.zonecache.server.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Every setting of a node, once: the flag, the key in the file and the environment variable all derive from its name. A later source
 * wins: default, file, environment, flag.
 */
public enum Setting {
    ZONE("NAME", "local", "Zone that the node belongs to."),
    ID("NAME", "n1", "Name of the node, unique in its zone and kept for good in its data directory."),
    DATA_DIR("DIR", "zonecache-data", "Directory of the node's own; created if absent."),
    PORT("PORT", "7400", "Port of the data plane, where workers read and write; 0 takes a free one."),
    ADMIN_PORT("PORT", "7401", "Port of health, metrics and administration; 0 takes a free one."),
    CLUSTER_PORT("PORT", "5701", "Port on which the zone's nodes talk to each other."),
    PEERS("HOST:PORT,...", null, "Cluster addresses of the zone's nodes, this one included or not."),
    KUBERNETES_SERVICE("DNS", null, "Headless service that names the zone's nodes, in place of --peers."),
    KUBERNETES_API(
            "NAMESPACE/SERVICE", null, "The same service asked of the Kubernetes API, with the pod's service account."),
    EXPECTED_NODES("N", null, "How many nodes the zone is to have. Default: the number of peers, else 1."),
    CAPACITY("SIZE", "1GiB", "What the data directory may take on disk, at least 256MiB."),
    MEMORY("SIZE", "256MiB", "What the process may take in memory, at least 128MiB."),
    LRU_K("K", "2", "References that decide what stays: LRU-k, 1..4; 1 is LRU."),
    LRU_CORRELATED(
            "TIME",
            "10s",
            "References to a chunk that are so close together count as one, for six times as long at most."),
    LRU_HISTORY("PERCENT", "100", "Evicted and missed keys that are remembered, in percent of those held."),
    LRU_HISTORY_AGE("TIME", null, "How long they are remembered. Default: for good, within the percentage."),
    BIND("HOST", "127.0.0.1", "Address to listen on; `::` takes every address, IPv6 and IPv4."),
    ADVERTISE("HOST[:PORT]", null, "Address that workers reach the data plane at. Default: --bind and --port."),
    ADVERTISE_HOST(
            "HOST",
            null,
            "Host of --advertise where that is not given; the port is that of --port. An IPv6 address needs no brackets here."),
    CLUSTER_ADVERTISE(
            "HOST[:PORT]",
            null,
            "Address that nodes reach the cluster port at. Default: the host of --advertise and --cluster-port."),
    DOMAIN("NAME", null, "What fails together with this node, such as its host. Default: the id."),
    WEIGHT("N", "1", "Share of chunks relative to other nodes, 1..16."),
    CODE("K-of-N", null, "Erasure code. Default by expected nodes: 1-of-1, 1-of-2, 2-of-3, 3-of-4, 4-of-5."),
    ORIGIN_BUDGET("N", "64", "Most origin fetches under way at once for the whole zone."),
    ORIGIN_RESERVE("N", "4", "Part of the budget for clients that reach no node of a chunk."),
    EXPECTED_CLIENTS("N", "100", "How many clients share the reserve."),
    KEY_SCHEME(
            "NAME",
            "sha256",
            "What keys say about chunks: sha256 or opaque. Ranges of S3 objects have keys of their own in either case."),
    SECRET_FILE("FILE", null, "The zone's secret, at least 16 characters; signs what nodes tell each other."),
    ADMIN_TOKEN_FILE("FILE", null, "Token for administration. Default: a random one in DIR/admin-token."),
    REPLACE_SETTINGS("BOOL", "false", "Replace the zone's code and origin budget by this node's."),
    MAX_CONNECTIONS(
            "N",
            null,
            "Maximum of connections to the data plane. Default: what descriptors (ulimit -n) and memory allow."),
    MAX_REQUESTS("N", "1024", "Most requests in flight."),
    MAX_BYTES_IN_FLIGHT("SIZE", null, "Most bytes of requests and answers under way. Default: memory / 8."),
    QUEUE_AGE("TIME", "100ms", "How long a request may wait for the disk before it is answered BUSY."),
    IDLE_TIMEOUT("TIME", "60s", "How long a connection may be idle."),
    BODY_STALL("TIME", "5s", "How long a request body may make no progress."),
    OUT_AFTER("TIME", "5m", "How long a node stays in the view once it is down."),
    DRAIN_GRACE("TIME", "20s", "How long requests under way may take to end at shutdown."),
    SETTLE_WITHIN("TIME", "10m", "How long a node that is back counts as unsettled at most."),
    ACCESS_LOG("FILE", null, "Where to write the key of each read, a line each: a trace for `zonecache simulate`."),
    ACCESS_LOG_SAMPLE("SHARE", "1", "Share of all keys whose reads the access log holds, such as 1/16."),
    ACCESS_LOG_SIZE("SIZE", "256MiB", "What the access log may take on disk, FILE.1 with the older half included.");

    private final String placeholder;
    private final @Nullable String defaultText;
    private final String description;

    Setting(String placeholder, @Nullable String defaultText, String description) {
        this.placeholder = placeholder;
        this.defaultText = defaultText;
        this.description = description;
    }

    /** The name as in a file, {@code data-dir}. */
    public String key() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The flag, {@code --data-dir}. */
    public String flag() {
        return "--" + key();
    }

    /** The environment variable, {@code ZONECACHE_DATA_DIR}. */
    public String variable() {
        return "ZONECACHE_" + name();
    }

    public String placeholder() {
        return placeholder;
    }

    /** Null where the default is none, or depends on other settings as the description says. */
    public @Nullable String defaultText() {
        return defaultText;
    }

    public String description() {
        return description;
    }
}
