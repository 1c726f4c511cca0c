package io.zonecache.chaos.fault;

import io.zonecache.chaos.zone.NodeContainer;

/** Something takes what memory is left in a node's container, until the kernel kills one of the two; healed, the node runs again. */
public record MemoryFull(NodeContainer node) implements Fault {

    @Override
    public String describe() {
        return "take all memory of " + node.id();
    }

    @Override
    public void inject() {
        try {
            // `tail` keeps a line until it is whole, and this one never is.
            node.run("/bin/bash", "-c", "head -c 2G /dev/zero | tail > /dev/null; true");
        } catch (RuntimeException e) {
            // The command ends with the container, if it is the node that was killed.
            if (node.host() != null) {
                throw e;
            }
        }
    }

    @Override
    public void heal() {
        if (node.host() == null) {
            node.startAgain();
        }
    }
}
