package io.zonecache.chaos.fault;

import io.zonecache.chaos.zone.NodeContainer;

/** No file can be made any more where a node keeps its stripes, as after a file system has turned itself read-only. */
public record DiskReadOnly(NodeContainer node) implements Fault {

    @Override
    public String describe() {
        return "make the disk of " + node.id() + " read-only";
    }

    @Override
    public void inject() {
        node.run("/bin/bash", "-c", "chmod a-w /data/node/store");
    }

    @Override
    public void heal() {
        node.run("/bin/bash", "-c", "chmod u+w /data/node/store");
    }
}
