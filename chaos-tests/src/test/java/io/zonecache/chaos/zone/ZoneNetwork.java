package io.zonecache.chaos.zone;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.ContainerNetwork;
import com.github.dockerjava.api.model.Network.Ipam;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.Network;

/** A bridge network of known addresses, so that a node that was unplugged comes back under the one it had. */
final class ZoneNetwork implements AutoCloseable {

    /** 10.224.0.0/11: seldom used, and not among what Docker draws from by itself. */
    private static final int FIRST_OCTET = 224;

    private static final int OCTETS = 31;
    private static final int ATTEMPTS = 20;

    private final Network network;

    private ZoneNetwork(Network network) {
        this.network = network;
    }

    static ZoneNetwork create() {
        DockerException failure = null;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            ThreadLocalRandom random = ThreadLocalRandom.current();
            String subnet = "10." + (FIRST_OCTET + random.nextInt(OCTETS)) + '.' + random.nextInt(256) + ".0/24";
            Network network = Network.builder()
                    .createNetworkCmdModifier(
                            command -> command.withIpam(new Ipam().withConfig(new Ipam.Config().withSubnet(subnet)))
                                    .withLabels(labels(command.getLabels())))
                    .build();
            try {
                var unused = network.getId();
                return new ZoneNetwork(network);
            } catch (DockerException e) {
                // Another network has that subnet.
                failure = e;
            }
        }
        throw new IllegalStateException("no free subnet in " + ATTEMPTS + " attempts", failure);
    }

    Network network() {
        return network;
    }

    void unplug(String containerId) {
        DockerClientFactory.instance()
                .client()
                .disconnectFromNetworkCmd()
                .withNetworkId(network.getId())
                .withContainerId(containerId)
                .exec();
    }

    void plug(String containerId, String alias, String address) {
        DockerClientFactory.instance()
                .client()
                .connectToNetworkCmd()
                .withNetworkId(network.getId())
                .withContainerId(containerId)
                .withContainerNetwork(new ContainerNetwork()
                        .withAliases(alias)
                        .withIpamConfig(new ContainerNetwork.Ipam().withIpv4Address(address)))
                .exec();
    }

    @Override
    public void close() {
        network.close();
    }

    private static Map<String, String> labels(Map<String, String> before) {
        Map<String, String> labels = before == null ? new java.util.HashMap<>() : new java.util.HashMap<>(before);
        labels.put(ContainerZone.RUN_LABEL, ContainerZone.RUN);
        return labels;
    }
}
