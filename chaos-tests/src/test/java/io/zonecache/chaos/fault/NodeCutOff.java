package io.zonecache.chaos.fault;

import io.zonecache.chaos.zone.NodeContainer;

/** One node can neither be reached nor reach anybody; what is sent to it vanishes. */
public record NodeCutOff(NodeContainer node) implements Fault {

    @Override
    public String describe() {
        return "cut off " + node.id();
    }

    @Override
    public void inject() {
        node.unplug();
    }

    @Override
    public void heal() {
        node.plug();
    }
}
