package io.zonecache.client;

import io.zonecache.model.HostAndPort;
import io.zonecache.model.KeyScheme;
import io.zonecache.model.ZoneNode;
import io.zonecache.testkit.proxy.FaultProxy;
import io.zonecache.testkit.proxy.NarrowLink;
import io.zonecache.testkit.proxy.ProxyFault;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A {@link TestZone} each node of which is behind a proxy that can make its network misbehave; all proxies share one link. */
final class ProxiedZone implements AutoCloseable {

    final TestZone nodes;
    final List<FaultProxy> proxies = new ArrayList<>();

    private ProxiedZone(TestZone nodes) {
        this.nodes = nodes;
    }

    /** @param settings of each node, as in {@code serve} */
    static ProxiedZone start(Path directory, int nodes, String code, Map<String, String> settings) {
        ProxiedZone zone = new ProxiedZone(TestZone.start(directory, nodes, code, KeyScheme.SHA256, settings));
        List<ZoneNode> behindProxies = new ArrayList<>();
        NarrowLink link = new NarrowLink();
        for (ZoneNode node : zone.nodes.view()) {
            HostAndPort address = HostAndPort.parse(node.address());
            FaultProxy proxy = FaultProxy.to(address.host(), address.port(), link);
            zone.proxies.add(proxy);
            behindProxies.add(new ZoneNode(node.id(), proxy.address(), node.domain(), node.weight(), node.state()));
        }
        zone.nodes.publish(behindProxies);
        return zone;
    }

    List<String> addresses() {
        return proxies.stream().map(FaultProxy::address).toList();
    }

    void setAll(ProxyFault fault) {
        proxies.forEach(proxy -> proxy.set(fault));
    }

    @Override
    public void close() {
        proxies.forEach(FaultProxy::close);
        nodes.close();
    }
}
