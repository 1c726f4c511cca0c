package io.zonecache.membership;

import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.HostAndPort;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * All that a node's membership needs to know.
 *
 * @param settings what the zone must agree on
 * @param self this node as the view shall list it
 * @param clusterHost address to bind the cluster port to, and no other; an IPv6 address with or without brackets
 * @param clusterAddress {@code host:port} under which the other nodes reach the cluster port, as {@link HostAndPort} writes it
 * @param directory the node's own, for the last view and the highest epoch
 * @param replaceSettings whether this node's settings replace those of the zone's view where they differ
 */
public record MembershipConfig(
        ZoneSettings settings,
        ZoneNode self,
        String clusterHost,
        int clusterPort,
        String clusterAddress,
        Discovery discovery,
        Path directory,
        ZoneSecret secret,
        boolean replaceSettings,
        MembershipTimings timings) {

    /** A longer id would only be an accident, and every seal and view carries it. */
    private static final int MAX_ID_CHARS = 253;

    /** @throws CacheException {@code BAD_REQUEST} naming every wrong value and what was expected */
    public MembershipConfig {
        List<String> errors = new ArrayList<>(timings.errors());
        if (self.state() != NodeState.UP) {
            errors.add("self: " + self.state() + " (expected: UP)");
        }
        checkText(errors, "id", self.id());
        checkText(errors, "domain", self.domain());
        checkAddress(errors, "address", self.address());
        try {
            clusterHost = HostAndPort.parseHost(clusterHost);
        } catch (IllegalArgumentException e) {
            errors.add("clusterHost: " + e.getMessage());
        }
        if (clusterPort < 1 || clusterPort > 65_535) {
            errors.add("clusterPort: " + clusterPort + " (expected: 1..65535)");
        }
        clusterAddress = checkClusterAddress(errors, "clusterAddress", clusterAddress);
        checkDiscovery(errors, discovery);
        if (!errors.isEmpty()) {
            throw new CacheException(CacheErrorCode.BAD_REQUEST, String.join("; ", errors));
        }
    }

    /** A node that binds and advertises one address, with the default delays and no secret. */
    public static MembershipConfig of(
            ZoneSettings settings,
            ZoneNode self,
            String clusterHost,
            int clusterPort,
            List<String> peers,
            Path directory) {
        return new MembershipConfig(
                settings,
                self,
                clusterHost,
                clusterPort,
                new HostAndPort(clusterHost, clusterPort).toString(),
                new Discovery.Hosts(peers),
                directory,
                ZoneSecret.NONE,
                false,
                MembershipTimings.DEFAULT);
    }

    public MembershipConfig withSecret(ZoneSecret newSecret) {
        return new MembershipConfig(
                settings,
                self,
                clusterHost,
                clusterPort,
                clusterAddress,
                discovery,
                directory,
                newSecret,
                replaceSettings,
                timings);
    }

    public MembershipConfig withTimings(MembershipTimings newTimings) {
        return new MembershipConfig(
                settings,
                self,
                clusterHost,
                clusterPort,
                clusterAddress,
                discovery,
                directory,
                secret,
                replaceSettings,
                newTimings);
    }

    public MembershipConfig withReplaceSettings(boolean replace) {
        return new MembershipConfig(
                settings,
                self,
                clusterHost,
                clusterPort,
                clusterAddress,
                discovery,
                directory,
                secret,
                replace,
                timings);
    }

    public MembershipConfig withDiscovery(Discovery newDiscovery) {
        return new MembershipConfig(
                settings,
                self,
                clusterHost,
                clusterPort,
                clusterAddress,
                newDiscovery,
                directory,
                secret,
                replaceSettings,
                timings);
    }

    private static void checkDiscovery(List<String> errors, Discovery discovery) {
        if (discovery instanceof Discovery.Hosts hosts) {
            for (String peer : hosts.peers()) {
                checkClusterAddress(errors, "peers", peer);
            }
        } else if (discovery instanceof Discovery.KubernetesDns dns) {
            checkText(errors, "serviceDns", dns.serviceDns());
        } else if (discovery instanceof Discovery.KubernetesApi api) {
            checkText(errors, "namespace", api.namespace());
            checkText(errors, "serviceName", api.serviceName());
        }
    }

    private static void checkText(List<String> errors, String field, String value) {
        if (value.isBlank() || value.length() > MAX_ID_CHARS) {
            errors.add(field + ": \"" + value + "\" (expected: 1.." + MAX_ID_CHARS + " characters)");
        }
    }

    /** Hazelcast drops the zone of an address, which means nothing on another machine anyway. @return the canonical text */
    private static String checkClusterAddress(List<String> errors, String field, String value) {
        checkAddress(errors, field, value);
        if (value.indexOf('%') >= 0) {
            errors.add(field + ": \"" + value + "\" (expected: an address that needs no zone such as %eth0)");
        }
        return errors.isEmpty() ? HostAndPort.parse(value).toString() : value;
    }

    private static void checkAddress(List<String> errors, String field, String value) {
        try {
            HostAndPort.parse(value);
        } catch (IllegalArgumentException e) {
            errors.add(field + ": " + e.getMessage());
        }
    }
}
