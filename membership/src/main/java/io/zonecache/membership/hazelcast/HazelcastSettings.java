package io.zonecache.membership.hazelcast;

import com.hazelcast.config.AdvancedNetworkConfig;
import com.hazelcast.config.Config;
import com.hazelcast.config.JavaSerializationFilterConfig;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.KubernetesConfig;
import com.hazelcast.config.ServerSocketEndpointConfig;
import com.hazelcast.config.TopicConfig;
import com.hazelcast.instance.ProtocolType;
import io.zonecache.membership.Discovery;
import io.zonecache.membership.MembershipConfig;
import io.zonecache.membership.MembershipTimings;
import io.zonecache.model.CacheErrorCode;
import io.zonecache.model.CacheException;
import io.zonecache.model.HostAndPort;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * A Hazelcast that does one thing: tell who is there and pass messages. It binds one port to one address for members only, holds no
 * data (so a change of members moves no partition), asks nobody on the internet, and reads no Java object that it does not need.
 */
final class HazelcastSettings {

    static final String TOPIC = "zonecache";
    static final String CARD_ATTRIBUTE = "zonecache";

    private HazelcastSettings() {}

    static Config config(MembershipConfig membership, String card) {
        Config config = new Config();
        config.setClusterName(membership.settings().zone());
        config.setProperty("hazelcast.logging.class", TamedLogging.class.getName());
        config.getMemberAttributeConfig().setAttribute(CARD_ATTRIBUTE, card);
        config.getJetConfig().setEnabled(false);
        config.getMetricsConfig().setEnabled(false);
        config.addTopicConfig(new TopicConfig(TOPIC).setStatisticsEnabled(false));
        config.getSerializationConfig().setJavaSerializationFilterConfig(serializationFilter());
        network(config.getAdvancedNetworkConfig(), membership);
        bind(config, membership.clusterHost());
        detection(config, membership.timings());
        join(config);
        threads(config);
        return config;
    }

    private static void network(AdvancedNetworkConfig network, MembershipConfig membership) {
        network.setEnabled(true);
        // Only the member protocol: no clients, REST or memcache on this port.
        ServerSocketEndpointConfig endpoint = new ServerSocketEndpointConfig();
        endpoint.setName("member").setProtocolType(ProtocolType.MEMBER);
        endpoint.setPort(membership.clusterPort()).setPortAutoIncrement(false);
        endpoint.setPublicAddress(publicAddress(membership.clusterAddress()));
        InetAddress address = address(membership.clusterHost());
        if (!address.isAnyLocalAddress()) {
            endpoint.getInterfaces().setEnabled(true).addInterface(address.getHostAddress());
        }
        network.setMemberEndpointConfig(endpoint);
        JoinConfig join = network.getJoin();
        join.getMulticastConfig().setEnabled(false);
        join.getAutoDetectionConfig().setEnabled(false);
        discover(join, membership);
    }

    /**
     * An IPv6 address without {@code ::}. Hazelcast compares addresses by their text and writes those that it has looked up in this way, so
     * a member that called itself otherwise would take its own address for another's.
     */
    private static String publicAddress(String clusterAddress) {
        HostAndPort address = HostAndPort.parse(clusterAddress);
        boolean isIpv6 = address.host().indexOf(':') >= 0;
        return isIpv6 ? '[' + address(address.host()).getHostAddress() + "]:" + address.port() : clusterAddress;
    }

    private static void discover(JoinConfig join, MembershipConfig membership) {
        KubernetesConfig kubernetes = join.getKubernetesConfig();
        if (membership.discovery() instanceof Discovery.Hosts hosts) {
            // The time of one round of questions; the address lists are walked until someone answers.
            join.getTcpIpConfig().setEnabled(true).setConnectionTimeoutSeconds(1);
            hosts.peers().forEach(join.getTcpIpConfig()::addMember);
        } else if (membership.discovery() instanceof Discovery.KubernetesDns dns) {
            kubernetes.setEnabled(true);
            kubernetes.setProperty("service-dns", dns.serviceDns());
            kubernetes.setProperty("service-port", Integer.toString(membership.clusterPort()));
        } else if (membership.discovery() instanceof Discovery.KubernetesApi api) {
            kubernetes.setEnabled(true);
            kubernetes.setProperty("namespace", api.namespace());
            kubernetes.setProperty("service-name", api.serviceName());
            kubernetes.setProperty("service-port", Integer.toString(membership.clusterPort()));
            // Otherwise it lists every endpoint of the namespace and asks for Services, which takes rights that nothing
            // else needs.
            kubernetes.setProperty("expose-externally", "false");
            // It asks for its own pod twice, for what nothing here uses and the chart gives it no right to: not again
            // after 1, 2 and 3 s
            // each. For addresses it comes again by itself.
            kubernetes.setProperty("kubernetes-api-retries", "0");
        }
    }

    private static void bind(Config config, String host) {
        InetAddress address = address(host);
        config.setProperty("hazelcast.socket.bind.any", Boolean.toString(address.isAnyLocalAddress()));
        if (address instanceof Inet6Address) {
            // The default leaves IPv6 addresses out when it picks the one to bind.
            config.setProperty("hazelcast.prefer.ipv4.stack", "false");
        }
        config.setProperty("hazelcast.phone.home.enabled", "false");
        config.setProperty("hazelcast.shutdownhook.enabled", "false");
    }

    private static void detection(Config config, MembershipTimings timings) {
        String suspectSeconds = Long.toString(timings.suspectAfter().toSeconds());
        String mergeSeconds = Long.toString(timings.mergeInterval().toSeconds());
        config.setProperty(
                "hazelcast.heartbeat.interval.seconds",
                Long.toString(timings.heartbeat().toSeconds()));
        config.setProperty("hazelcast.max.no.heartbeat.seconds", suspectSeconds);
        config.setProperty("hazelcast.mastership.claim.timeout.seconds", suspectSeconds);
        config.setProperty("hazelcast.member.list.publish.interval.seconds", "5");
        config.setProperty("hazelcast.merge.first.run.delay.seconds", mergeSeconds);
        config.setProperty("hazelcast.merge.next.run.delay.seconds", mergeSeconds);
        config.setProperty("hazelcast.max.join.merge.target.seconds", suspectSeconds);
        // Long enough for six that start at once on a busy machine.
        config.setProperty(
                "hazelcast.max.join.seconds",
                Long.toString(timings.suspectAfter().multipliedBy(6).toSeconds()));
    }

    private static void join(Config config) {
        config.setProperty("hazelcast.wait.seconds.before.join", "2");
        config.setProperty("hazelcast.max.wait.seconds.before.join", "5");
        // A peer that swallows packets must not hold up the join for as long as the kernel's own limit.
        config.setProperty("hazelcast.socket.connect.timeout.seconds", "2");
    }

    private static void threads(Config config) {
        config.setProperty("hazelcast.partition.count", "3");
        config.setProperty("hazelcast.operation.thread.count", "2");
        config.setProperty("hazelcast.operation.generic.thread.count", "2");
        config.setProperty("hazelcast.operation.response.thread.count", "1");
        config.setProperty("hazelcast.io.thread.count", "1");
        config.setProperty("hazelcast.event.thread.count", "1");
        config.setProperty("hazelcast.event.queue.capacity", "10000");
        config.setProperty("hazelcast.event.sync.timeout.millis", "500");
    }

    /** Members send each other bytes and Hazelcast's own types; Java serialization carries only failures. */
    private static JavaSerializationFilterConfig serializationFilter() {
        JavaSerializationFilterConfig filter = new JavaSerializationFilterConfig();
        filter.setDefaultsDisabled(true);
        filter.getWhitelist()
                .addPrefixes("java.lang.", "[Ljava.lang.", "java.io.", "java.util.concurrent.", "com.hazelcast.")
                .addClasses(
                        "java.util.ArrayList",
                        "java.util.Collections$EmptyList",
                        "java.util.Collections$UnmodifiableList",
                        "java.util.Collections$UnmodifiableRandomAccessList",
                        "java.util.Collections$UnmodifiableCollection");
        filter.getBlacklist().addPrefixes("java.lang.invoke.", "java.lang.reflect.");
        return filter;
    }

    static InetAddress address(String host) {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw new CacheException(
                    CacheErrorCode.BAD_REQUEST, "clusterHost: " + host + " (expected: an address of this machine)", e);
        }
    }
}
