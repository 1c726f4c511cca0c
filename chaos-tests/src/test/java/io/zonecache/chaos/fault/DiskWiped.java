package io.zonecache.chaos.fault;

import io.zonecache.chaos.zone.NodeContainer;

/** A node loses all that it has on disk, is killed, and starts again with nothing, as on a new host. */
public record DiskWiped(NodeContainer node) implements Fault {

    @Override
    public String describe() {
        return "wipe the disk of " + node.id();
    }

    @Override
    public void inject() {
        node.run("/bin/bash", "-c", "rm -rf /data/node");
        node.kill();
        node.startAgain();
    }

    @Override
    public void heal() {}
}
