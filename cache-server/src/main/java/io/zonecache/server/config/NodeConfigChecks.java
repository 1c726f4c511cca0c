package io.zonecache.server.config;

import io.zonecache.model.CodeSpec;
import io.zonecache.model.HostAndPort;
import io.zonecache.model.IoReasons;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.StripeRecord;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneSettings;
import io.zonecache.server.config.NodeConfig.KubernetesService;
import io.zonecache.storage.StoreConfig;
import io.zonecache.storage.eviction.HistoryBound;
import io.zonecache.storage.eviction.LruK;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Text to typed values. Every check runs, whatever else failed: a wrong value is noted and a harmless one stands in for it. */
final class NodeConfigChecks {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,252}");
    private static final Pattern NAMESPACE_AND_SERVICE =
            Pattern.compile("([a-z0-9][-a-z0-9]{0,62})/([a-z0-9][-a-z0-9]{0,62})");
    private static final String IN_BRACKETS = "an IPv6 address in brackets and without a zone such as %eth0";
    private static final long MIB = 1L << 20;
    private static final long MIN_CAPACITY_BYTES = 256 * MIB;
    private static final int MIN_SECRET_CHARS = 16;
    private static final int MAX_COUNT = 1_000_000;

    private final Map<Setting, String> values;
    private final List<ConfigError> errors;
    private final long descriptorLimit;

    /** @param descriptorLimit of the process, or {@link DescriptorBudget#UNKNOWN} */
    NodeConfigChecks(Map<Setting, String> values, List<ConfigError> errors, long descriptorLimit) {
        this.values = values;
        this.errors = errors;
        this.descriptorLimit = descriptorLimit;
    }

    @Nullable
    NodeConfig check() {
        String id = name(Setting.ID, "n1");
        String bind = host(Setting.BIND);
        int port = port(Setting.PORT);
        int adminPort = port(Setting.ADMIN_PORT);
        int clusterPort = port(Setting.CLUSTER_PORT);
        checkDistinct(port, adminPort, clusterPort);
        List<String> peers = peers();
        String service = values.get(Setting.KUBERNETES_SERVICE);
        KubernetesService api = kubernetesApi();
        checkOneDiscovery(peers, service, api);
        ZoneSettings settings = zoneSettings(peers);
        String domain = values.containsKey(Setting.DOMAIN) ? name(Setting.DOMAIN, id) : id;
        int weight = integer(Setting.WEIGHT, 1, ZoneNode.MAX_WEIGHT);
        MemorySplit memory = new MemorySplit(bytes(Setting.MEMORY, MemorySplit.MIN_BYTES, "a size of at least 128MiB"));
        long capacity = bytes(Setting.CAPACITY, MIN_CAPACITY_BYTES, "a size of at least 256MiB");
        HostAndPort advertised = advertised(bind, port);
        HostAndPort clusterAddress =
                address(Setting.CLUSTER_ADVERTISE, new HostAndPort(advertised.host(), clusterPort));
        DescriptorBudget descriptors = new DescriptorBudget(descriptorLimit, settings.expectedNodes());
        Limits limits = limits(memory, descriptors);
        NodeConfig config = new NodeConfig(
                id,
                path(Setting.DATA_DIR, text(Setting.DATA_DIR)),
                settings,
                flag(Setting.REPLACE_SETTINGS),
                bind,
                port,
                adminPort,
                clusterPort,
                advertised.host(),
                advertised.port(),
                clusterAddress.toString(),
                peers,
                service,
                api,
                domain,
                weight,
                capacity,
                memory,
                eviction(),
                millis(Setting.OUT_AFTER, 1_000),
                millis(Setting.SETTLE_WITHIN, 0),
                secret(),
                optionalPath(Setting.ADMIN_TOKEN_FILE),
                limits,
                descriptors,
                accessLog());
        return errors.isEmpty() ? config : null;
    }

    private @Nullable KubernetesService kubernetesApi() {
        String text = values.get(Setting.KUBERNETES_API);
        if (text == null) {
            return null;
        }
        Matcher matcher = NAMESPACE_AND_SERVICE.matcher(text);
        if (!matcher.matches()) {
            wrong(Setting.KUBERNETES_API, '"' + text + '"', "namespace/service");
            return null;
        }
        return new KubernetesService(matcher.group(1), matcher.group(2));
    }

    private void checkOneDiscovery(
            List<String> peers, @Nullable String service, @Nullable KubernetesService kubernetesApi) {
        if (service != null && !peers.isEmpty()) {
            wrong(Setting.KUBERNETES_SERVICE, service, "not together with peers");
        }
        if (kubernetesApi != null && (service != null || !peers.isEmpty())) {
            wrong(
                    Setting.KUBERNETES_API,
                    kubernetesApi.toString(),
                    "not together with " + (service != null ? "kubernetes-service" : "peers"));
        }
    }

    private ZoneSettings zoneSettings(List<String> peers) {
        String zone = name(Setting.ZONE, "local");
        int expectedNodes = Math.max(1, peers.size());
        if (values.containsKey(Setting.EXPECTED_NODES)) {
            expectedNodes = integer(Setting.EXPECTED_NODES, 1, 10_000);
        } else if (values.containsKey(Setting.KUBERNETES_SERVICE) || values.containsKey(Setting.KUBERNETES_API)) {
            wrong(Setting.EXPECTED_NODES, "none", "the number of nodes, as the service's name doesn't tell it");
        }
        CodeSpec code = CodeSpec.defaultFor(expectedNodes);
        if (values.containsKey(Setting.CODE)) {
            code = parse(Setting.CODE, CodeSpec::parse, code, CodeSpec.FORM);
        }
        KeyScheme scheme = parse(Setting.KEY_SCHEME, KeyScheme::parse, KeyScheme.SHA256, "sha256 or opaque");
        int budget = integer(Setting.ORIGIN_BUDGET, 1, MAX_COUNT);
        int reserve = integer(Setting.ORIGIN_RESERVE, 0, MAX_COUNT);
        int clients = integer(Setting.EXPECTED_CLIENTS, 1, MAX_COUNT);
        if ((budget - reserve) / expectedNodes < 1) {
            wrong(
                    Setting.ORIGIN_BUDGET,
                    Integer.toString(budget),
                    "at least " + (reserve + expectedNodes) + ", one for each of " + expectedNodes
                            + " nodes beside origin-reserve " + reserve);
            budget = reserve + expectedNodes;
        }
        return new ZoneSettings(zone, StripeRecord.VERSION, scheme, code, expectedNodes, budget, reserve, clients);
    }

    private EvictionConfig eviction() {
        return new EvictionConfig(
                integer(Setting.LRU_K, LruK.MIN_K, LruK.MAX_K),
                millis(Setting.LRU_CORRELATED, 0),
                integer(Setting.LRU_HISTORY, 0, StoreConfig.MAX_HISTORY_PERCENT),
                values.containsKey(Setting.LRU_HISTORY_AGE)
                        ? millis(Setting.LRU_HISTORY_AGE, 1)
                        : HistoryBound.FOREVER);
    }

    private Limits limits(MemorySplit memory, DescriptorBudget descriptors) {
        long bytesInFlight = memory.networkBytes();
        if (values.containsKey(Setting.MAX_BYTES_IN_FLIGHT)) {
            bytesInFlight = bytes(Setting.MAX_BYTES_IN_FLIGHT, MIB, "a size of at least 1MiB");
        }
        return new Limits(
                maxConnections(memory, descriptors),
                integer(Setting.MAX_REQUESTS, 1, MAX_COUNT),
                bytesInFlight,
                millis(Setting.QUEUE_AGE, 1),
                millis(Setting.IDLE_TIMEOUT, 100),
                millis(Setting.BODY_STALL, 100),
                millis(Setting.DRAIN_GRACE, 0));
    }

    private int maxConnections(MemorySplit memory, DescriptorBudget descriptors) {
        boolean isConfigured = values.containsKey(Setting.MAX_CONNECTIONS);
        int connections = isConfigured
                ? integer(Setting.MAX_CONNECTIONS, 1, MAX_COUNT)
                : Math.max(descriptors.defaultConnections(memory), DescriptorBudget.MIN_CONNECTIONS);
        if (connections > descriptors.maxConnections()) {
            wrong(
                    Setting.MAX_CONNECTIONS,
                    isConfigured ? Integer.toString(connections) : "none",
                    "at most " + Math.max(0, descriptors.maxConnections()) + ", what the limit of "
                            + descriptors.descriptors() + " descriptors (ulimit -n) leaves; raise that limit for more");
        }
        return connections;
    }

    private @Nullable AccessLogConfig accessLog() {
        Path file = optionalPath(Setting.ACCESS_LOG);
        double share = parse(
                Setting.ACCESS_LOG_SAMPLE, Units::parseShare, 1.0, "a share such as 1/16 or 0.25, above 0 and up to 1");
        long maxBytes = bytes(Setting.ACCESS_LOG_SIZE, AccessLogConfig.MIN_BYTES, "a size of at least 1MiB");
        return file == null ? null : new AccessLogConfig(file, share, maxBytes);
    }

    private void checkDistinct(int port, int adminPort, int clusterPort) {
        Map<Integer, Setting> taken = new HashMap<>();
        Map<Setting, Integer> ports =
                Map.of(Setting.PORT, port, Setting.ADMIN_PORT, adminPort, Setting.CLUSTER_PORT, clusterPort);
        for (Setting setting : List.of(Setting.PORT, Setting.ADMIN_PORT, Setting.CLUSTER_PORT)) {
            Integer number = ports.get(setting);
            Setting other = number == null || number == 0 ? null : taken.putIfAbsent(number, setting);
            if (other != null) {
                wrong(setting, String.valueOf(number), "another port than " + other.key());
            }
        }
    }

    private List<String> peers() {
        List<String> peers = new ArrayList<>();
        String text = values.getOrDefault(Setting.PEERS, "");
        for (String peer : text.isBlank() ? new String[0] : text.split(",", -1)) {
            try {
                peers.add(withoutZone(HostAndPort.parse(peer.trim())).toString());
            } catch (IllegalArgumentException e) {
                wrong(Setting.PEERS, peer.trim(), "host:port,... of the nodes' cluster ports, " + IN_BRACKETS);
            }
        }
        return List.copyOf(peers);
    }

    private HostAndPort advertised(String bind, int port) {
        if (values.containsKey(Setting.ADVERTISE_HOST)) {
            return address(Setting.ADVERTISE, new HostAndPort(host(Setting.ADVERTISE_HOST), port));
        }
        if (!values.containsKey(Setting.ADVERTISE)
                && new InetSocketAddress(bind, 0).getAddress() != null
                && new InetSocketAddress(bind, 0).getAddress().isAnyLocalAddress()) {
            wrong(Setting.ADVERTISE, "none", "the address that workers reach, as bind is " + bind);
        }
        return address(Setting.ADVERTISE, new HostAndPort(bind, port));
    }

    /** The port is that of the stand-in, too, where the setting has none. */
    private HostAndPort address(Setting setting, HostAndPort standIn) {
        return values.containsKey(setting)
                ? parse(
                        setting,
                        text -> withoutZone(HostAndPort.parse(text, standIn.port())),
                        standIn,
                        "a host, or host:port, " + IN_BRACKETS)
                : standIn;
    }

    private @Nullable String secret() {
        Path file = optionalPath(Setting.SECRET_FILE);
        if (file == null) {
            return null;
        }
        try {
            String secret = Files.readString(file).trim();
            if (secret.length() < MIN_SECRET_CHARS) {
                wrong(
                        Setting.SECRET_FILE,
                        file + " with " + secret.length() + " characters",
                        "a secret of at least " + MIN_SECRET_CHARS);
            }
            return secret;
        } catch (IOException e) {
            wrong(Setting.SECRET_FILE, file + ": " + IoReasons.of(e), "a file of UTF-8 text that can be read");
            return null;
        }
    }

    private String name(Setting setting, String standIn) {
        String text = values.containsKey(setting) ? text(setting) : standIn;
        if (!NAME.matcher(text).matches()) {
            wrong(setting, '"' + text + '"', "a name of up to 253 letters, digits, '.', '_' and '-'");
            return standIn;
        }
        return text;
    }

    private String host(Setting setting) {
        return parse(
                setting,
                text -> withoutZone(new HostAndPort(text, 0)).host(),
                "127.0.0.1",
                "a host name or address, without a zone such as %eth0");
    }

    /** Vert.x resolves no address with a zone, and Hazelcast drops it. */
    private static HostAndPort withoutZone(HostAndPort address) {
        if (address.hasZone()) {
            throw new IllegalArgumentException(address.toString());
        }
        return address;
    }

    private int port(Setting setting) {
        return integer(setting, 0, 65_535);
    }

    private int integer(Setting setting, int min, int max) {
        return parse(
                setting,
                text -> {
                    int value = Integer.parseInt(text);
                    if (value < min || value > max) {
                        throw new IllegalArgumentException(text);
                    }
                    return value;
                },
                min,
                "a whole number, " + min + ".." + max);
    }

    private long bytes(Setting setting, long min, String expected) {
        return parse(
                setting,
                text -> {
                    long value = Units.parseBytes(text);
                    if (value < min) {
                        throw new IllegalArgumentException(text);
                    }
                    return value;
                },
                min,
                expected + " (B, KiB, MiB, GiB, TiB)");
    }

    private long millis(Setting setting, long min) {
        return parse(
                setting,
                text -> {
                    long value = Units.parseDuration(text).toMillis();
                    if (value < min) {
                        throw new IllegalArgumentException(text);
                    }
                    return value;
                },
                min,
                "a time of at least " + min + "ms (ms, s, m, h)");
    }

    private boolean flag(Setting setting) {
        return parse(
                setting,
                text -> {
                    if (!text.equals("true") && !text.equals("false")) {
                        throw new IllegalArgumentException(text);
                    }
                    return text.equals("true");
                },
                false,
                "true or false");
    }

    private @Nullable Path optionalPath(Setting setting) {
        String text = values.get(setting);
        return text == null ? null : path(setting, text);
    }

    private Path path(Setting setting, String text) {
        try {
            if (text.isEmpty()) {
                throw new InvalidPathException(text, "empty");
            }
            return Path.of(text);
        } catch (InvalidPathException e) {
            wrong(setting, '"' + text + '"', "a path");
            return Path.of(".");
        }
    }

    private <T> T parse(Setting setting, Function<String, T> parser, T standIn, String expected) {
        String text = text(setting);
        try {
            return parser.apply(text);
        } catch (IllegalArgumentException e) {
            wrong(setting, '"' + text + '"', expected);
            return standIn;
        }
    }

    private String text(Setting setting) {
        String value = values.get(setting);
        String fallback = setting.defaultText();
        return value != null ? value : fallback != null ? fallback : "";
    }

    private void wrong(Setting setting, String value, String expected) {
        errors.add(new ConfigError(setting.key(), value, expected));
    }
}
