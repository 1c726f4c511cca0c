package io.zonecache.server;

import io.zonecache.membership.Discovery;
import io.zonecache.membership.FixedMembership;
import io.zonecache.membership.Membership;
import io.zonecache.membership.MembershipConfig;
import io.zonecache.membership.MembershipTimings;
import io.zonecache.membership.PurgeList;
import io.zonecache.membership.ZoneSecret;
import io.zonecache.membership.hazelcast.HazelcastMembership;
import io.zonecache.model.NodeState;
import io.zonecache.model.ZoneNode;
import io.zonecache.model.ZoneView;
import io.zonecache.server.config.NodeConfig;
import io.zonecache.server.datadir.EpochFile;
import io.zonecache.storage.RebuildRules;
import io.zonecache.storage.StripeStore;
import io.zonecache.storage.StripeStores;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** What a node is made of besides itself. {@link #REAL} is what runs; tests put other stores and zones in their place. */
public interface NodeParts {

    /**
     * The store of the configuration's data directory.
     *
     * @param rules if its index has to be rebuilt
     */
    StripeStore openStore(NodeConfig config, RebuildRules rules);

    /** The membership of this node under the address that it was bound to, which shares its purge list with the zone. */
    Membership join(NodeConfig config, String address, PurgeList purgeList);

    /** How long an event loop may take over one event before the log complains. */
    default long maxEventLoopMillis() {
        return 2_000;
    }

    NodeParts REAL = new NodeParts() {

        @Override
        public StripeStore openStore(NodeConfig config, RebuildRules rules) {
            return StripeStores.open(config.storeConfig(), rules);
        }

        @Override
        public Membership join(NodeConfig config, String address, PurgeList purgeList) {
            ZoneNode self = new ZoneNode(config.id(), address, config.domain(), config.weight(), NodeState.UP);
            if (config.isAlone()) {
                long epoch = EpochFile.next(config.dataDir(), System.currentTimeMillis());
                return new FixedMembership(new ZoneView(config.settings(), epoch, List.of(self)), config.id());
            }
            return HazelcastMembership.start(membershipConfig(config, self), purgeList, Clock.systemUTC());
        }
    };

    private static MembershipConfig membershipConfig(NodeConfig config, ZoneNode self) {
        MembershipTimings defaults = MembershipTimings.DEFAULT;
        MembershipTimings timings = new MembershipTimings(
                defaults.firstViewWait(),
                defaults.downDelay(),
                Duration.ofMillis(config.outAfterMillis()),
                defaults.viewInterval(),
                defaults.heartbeat(),
                defaults.suspectAfter(),
                defaults.mergeInterval());
        String secret = config.secret();
        return new MembershipConfig(
                config.settings(),
                self,
                config.bind(),
                config.clusterPort(),
                config.clusterAddress(),
                discovery(config),
                config.dataDir().resolve("membership"),
                secret == null ? ZoneSecret.NONE : ZoneSecret.of(secret.getBytes(StandardCharsets.UTF_8)),
                config.replaceSettings(),
                timings);
    }

    private static Discovery discovery(NodeConfig config) {
        NodeConfig.KubernetesService api = config.kubernetesApi();
        if (api != null) {
            return new Discovery.KubernetesApi(api.namespace(), api.name());
        }
        String dns = config.kubernetesService();
        return dns == null ? new Discovery.Hosts(config.peers()) : new Discovery.KubernetesDns(dns);
    }
}
