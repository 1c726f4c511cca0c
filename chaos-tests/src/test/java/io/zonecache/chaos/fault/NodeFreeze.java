package io.zonecache.chaos.fault;

import io.zonecache.chaos.zone.NodeContainer;

/** The process stands still with its connections open, as on a host that swaps or a virtual machine that is moved. */
public record NodeFreeze(NodeContainer node) implements Fault {

    @Override
    public String describe() {
        return "freeze " + node.id();
    }

    @Override
    public void inject() {
        node.freeze();
    }

    @Override
    public void heal() {
        node.wake();
    }
}
