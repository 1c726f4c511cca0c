package io.zonecache.server.config;

import io.zonecache.model.ZoneSettings;
import io.zonecache.storage.StoreConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a node is told at start, validated whole: {@link NodeConfigReader} is the only way to one.
 *
 * @param bind a name or an address to listen on; an IPv6 address without brackets
 * @param advertisedHost where workers reach the data plane; an IPv6 address without brackets
 * @param advertisedPort the same; 0 stands for the port that was bound
 * @param clusterAddress {@code host:port} under which the other nodes reach the cluster port; an IPv6 address in brackets
 * @param accessLog null where no references are written down
 * @param secret the zone's secret, or null where nodes don't sign
 */
public record NodeConfig(
        String id,
        Path dataDir,
        ZoneSettings settings,
        boolean replaceSettings,
        String bind,
        int port,
        int adminPort,
        int clusterPort,
        String advertisedHost,
        int advertisedPort,
        String clusterAddress,
        List<String> peers,
        @Nullable String kubernetesService,
        @Nullable KubernetesService kubernetesApi,
        String domain,
        int weight,
        long capacityBytes,
        MemorySplit memory,
        EvictionConfig eviction,
        long outAfterMillis,
        long settleWithinMillis,
        @Nullable String secret,
        @Nullable Path adminTokenFile,
        Limits limits,
        DescriptorBudget descriptors,
        @Nullable AccessLogConfig accessLog) {

    /** A service by name, as the Kubernetes API knows it. */
    public record KubernetesService(String namespace, String name) {

        @Override
        public String toString() {
            return namespace + '/' + name;
        }
    }

    /** A configuration of these settings and the defaults, keyed as in a file. @throws ConfigException with every error */
    public static NodeConfig of(Map<String, String> settings) {
        return new NodeConfigReader().withFileValues(settings).read();
    }

    public String zone() {
        return settings.zone();
    }

    /** Of the store in the data directory. */
    public StoreConfig storeConfig() {
        return StoreConfig.builder(dataDir.resolve("store"))
                .capacityBytes(capacityBytes)
                .hotBytes(memory.stripesBytes())
                .indexBytes(memory.maxIndexBytes())
                .unflushedBytes(memory.unflushedBytes())
                .maxOpenFiles(descriptors.storeTables())
                .k(eviction.k())
                .correlatedMillis(eviction.correlatedMillis())
                .historyPercent(eviction.historyPercent())
                .historyMillis(eviction.historyMillis())
                .build();
    }

    /** Whether the zone is this node alone, so that no cluster is needed. */
    public boolean isAlone() {
        return settings.expectedNodes() == 1 && peers.size() <= 1 && kubernetesService == null && kubernetesApi == null;
    }

    /** The secret stays out of logs. */
    @Override
    public String toString() {
        return zone() + "/" + id;
    }
}
