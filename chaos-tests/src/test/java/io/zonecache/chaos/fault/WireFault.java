package io.zonecache.chaos.fault;

import io.zonecache.chaos.zone.NodeContainer;
import io.zonecache.testkit.proxy.ProxyFault;
import java.util.Locale;

/** Bytes from one node to the workers are late, slow, cut short, changed or swallowed. */
public record WireFault(NodeContainer node, ProxyFault what) implements Fault {

    @Override
    public String describe() {
        return what.toString().toLowerCase(Locale.ROOT) + " on the wire of " + node.id();
    }

    @Override
    public void inject() {
        node.wire().set(what);
    }

    /** A connection of which bytes were lost or changed is of no use to anybody. */
    @Override
    public void heal() {
        node.wire().set(new ProxyFault.None());
        node.wire().breakAll();
    }
}
